# What a company has set up in its RT: two queues, and the account that Deskhand works with. Prints the account's token.
use strict;
use warnings;
use RT;
RT::LoadConfig();
RT::Init();

sub done { my ( $ok, $said, @more ) = @_; die "$said\n" unless $ok; return @more }

my $bot = RT::User->new( RT->SystemUser );
done( $bot->Create( Name => $ENV{RT_USER}, Password => $ENV{RT_PASSWORD}, Privileged => 1 ) );
for my $name ( 'Support', 'Billing' ) {
    my $queue = RT::Queue->new( RT->SystemUser );
    done( $queue->Create( Name => $name ) );
    done( $bot->PrincipalObj->GrantRight( Right => $_, Object => $queue ) )
        for qw(SeeQueue ShowTicket CreateTicket ModifyTicket ReplyToTicket CommentOnTicket);
}
done( $bot->PrincipalObj->GrantRight( Right => 'ManageAuthTokens', Object => RT->System ) );
my $token = RT::AuthToken->new( RT::CurrentUser->new($bot) );
print done( $token->Create( Owner => $bot->id, Description => 'Deskhand' ) );
