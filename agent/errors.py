"""What can go wrong, as sentences for people.

DeskhandError
├── NotUsable        the start stops: a home, a database or a setting that cannot be used
├── CaseUnknown      no such case, or not the caller's
├── CaseIsClosed     a closed case takes no more messages
├── MessageDiffers   the id of an earlier message came with another text
├── ApprovalUnknown  no such approval
├── ApprovalStale    decided, expired, or not the proposal that was shown
├── NotUndoable      an effect that cannot be taken back, or not any more
├── ReleasesMoved    somebody else changed the releases first
├── NotPublishable   what stands against a publication, a slice, a shadow or a rollback
├── LateWriter       this worker lost its case; its writes are refused
└── NotAuthorised    an effect without the authority it needs
    └── BudgetSpent  an effect more than the company lets the agent make by itself
"""

from __future__ import annotations


class DeskhandError(Exception):
    """Base of all errors of the product; its text is one clear sentence."""


class NotUsable(DeskhandError):
    """The product cannot start with what it was given."""


class CaseUnknown(DeskhandError):
    """No such case, or not one the caller may see; both look the same."""


class CaseIsClosed(DeskhandError):
    """The case is closed."""


class MessageDiffers(DeskhandError):
    """A message id was used before with another text."""


class ApprovalUnknown(DeskhandError):
    """No such approval."""


class ApprovalStale(DeskhandError):
    """The approval was decided, has expired, or is for another proposal."""


class NotUndoable(DeskhandError):
    """Nothing takes this effect back, or it was taken back before."""


class DraftUnknown(DeskhandError):
    """No such draft."""


class DraftMoved(DeskhandError):
    """A document of a draft was changed since it was read."""


class NotTried(DeskhandError):
    """A draft is not tried any more, or cannot be."""


class ReleasesMoved(DeskhandError):
    """The log of releases has an entry that the writer had not seen."""


class NotPublishable(DeskhandError):
    """The release may not take this step; the text says all that stands against it."""


class LateWriter(DeskhandError):
    """Another worker has the case, or wrote to it first."""


class NotAuthorised(DeskhandError):
    """An effect was to be dispatched without a ruling in force or the yes it needs."""


class BudgetSpent(NotAuthorised):
    """The turn, the case or the customer's day has had all the effects that its budget allows."""
