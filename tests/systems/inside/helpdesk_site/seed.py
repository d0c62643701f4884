"""Seed the help desk: three people, two queues, one article, and the agent's token in `SITE_HOME/token`."""

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the setup
from django.contrib.auth.models import User  # noqa: E402
from helpdesk.models import KBCategory, KBItem, Queue  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

PASSWORD = "Pa33w0rd!x"


def seed() -> None:
    """Fill an empty database."""
    bot = person("agent_bot", is_staff=True)
    person("sup", is_staff=True, is_superuser=True)
    person("alice")
    Queue.objects.create(
        slug="support", title="Support", allow_public_submission=True, email_address="support@harbor.example"
    )
    Queue.objects.create(slug="billing", title="Billing", allow_public_submission=False)
    refunds = KBCategory.objects.create(
        slug="refunds", name="Refunds", title="Refunds", description="What is paid back, and when"
    )
    KBItem.objects.create(
        category=refunds, title="Refund window", question="How long do I have?", answer="30 days from the delivery."
    )
    token = settings.HOME / "token"
    token.touch(mode=0o600)
    token.write_text(Token.objects.create(user=bot).key)


def person(name: str, **rights: bool) -> User:
    """Somebody who can log in."""
    return User.objects.create_user(name, f"{name}@harbor.example", PASSWORD, **rights)


seed()
