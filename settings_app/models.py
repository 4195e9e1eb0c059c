"""What this site keeps in its database. Nothing of a person's profile, but for values that wait for a code or an undo.

Sealed columns are encrypted by `safeguards/encryption.py`; digests that stand for a value are keyed there too.
"""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser's session. `session_key` is a digest of what the cookie holds; `subject` is empty until sign-in."""

    site = models.CharField(max_length=255)
    # What sites with the same people share; the database knows the default: older processes leave it out.
    tenant = models.CharField(max_length=255, blank=True, default="", db_default="")
    subject = models.CharField(max_length=64, blank=True, default="")
    sid = models.CharField(max_length=128, blank=True, default="")
    last_seen = models.DateTimeField()
    # Set when the id was exchanged for a new one: the old id opens nothing, it only asks the browser to reload.
    rotated = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["site", "subject"]),
            models.Index(fields=["site", "sid"]),
            models.Index(fields=["tenant", "subject"]),
            models.Index(fields=["tenant", "sid"]),
        ]


class AuditEntry(models.Model):
    """One change of an account: written before the call to Logto, finished with its outcome. Holds no values."""

    class Outcome(models.TextChoices):
        STARTED = "started"
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"
        UNKNOWN = "unknown"  # Logto's answer never came, and reading again did not settle it

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    site = models.CharField(max_length=255)
    tenant = models.CharField(max_length=255, blank=True, default="", db_default="")
    subject = models.CharField(max_length=64)
    acting_admin = models.CharField(max_length=64, blank=True, default="")
    change = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.STARTED)
    reason = models.CharField(max_length=128, blank=True, default="")
    device = models.CharField(max_length=255, blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")
    # The app through which it was done, by its id in Logto; empty for what was done on a page.
    application = models.CharField(max_length=255, blank=True, default="", db_default="")

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["site", "subject", "started_at"]),
            models.Index(fields=["tenant", "subject", "started_at"]),
            models.Index(fields=["site", "started_at"]),
            # Once a minute those that were cut off are looked for.
            models.Index(
                fields=["started_at"], condition=models.Q(change="account-deleted"), name="deletions_in_the_trail"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S}Z {self.change} {self.outcome}"


class Preview(models.Model):
    """An administrator looks at somebody's account; `key` stands in the addresses and opens nothing by itself.

    `admin` and `binding` say whose browser may use it. `sealed` holds why, and the administrator's name where the
    person may know it.
    """

    key = models.CharField(max_length=32, primary_key=True)
    entry = models.OneToOneField(AuditEntry, null=True, on_delete=models.SET_NULL, related_name="preview")
    site = models.CharField(max_length=255)
    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    admin = models.CharField(max_length=64)
    binding = models.CharField(max_length=64)
    sealed = models.TextField()
    started_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "admin", "started_at"])]

    def __str__(self) -> str:
        return f"preview of {self.subject} since {self.started_at:%Y-%m-%d %H:%M:%S}Z"


class SupportReason(models.Model):
    """Why an administrator did something to an account; `sealed` as in Preview."""

    # Without a constraint, as in SecurityEvent.
    entry = models.OneToOneField(
        AuditEntry, null=True, on_delete=models.SET_NULL, related_name="support_reason", db_constraint=False
    )
    site = models.CharField(max_length=255)
    sealed = models.TextField()
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"reason at {self.at:%Y-%m-%d %H:%M:%S}Z"


class AppChange(models.Model):
    """What an administrator changed of an application, as JSON; `after` is empty where it could not be read."""

    entry = models.OneToOneField(AuditEntry, null=True, on_delete=models.SET_NULL, related_name="app_change")
    site = models.CharField(max_length=255)
    application = models.CharField(max_length=128)
    before = models.TextField()
    after = models.TextField(blank=True, default="")
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"change of {self.application} at {self.at:%Y-%m-%d %H:%M:%S}Z"


class OneTimeState(models.Model):
    """What is kept until it is used, once, or too old (safeguards/one_time.py). One DELETE decides who uses it.

    `key` is a digest of the token that finds it, `mark` a random value of the browser or session that it began in,
    `subject` the person whom it concerns, empty while nobody is known. What is kept is sealed.
    """

    key = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=32)
    site = models.CharField(max_length=255)
    mark = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, blank=True, default="")
    sealed = models.TextField()
    started_at = models.DateTimeField()
    gone_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["site", "mark", "kind", "started_at"]),
            models.Index(fields=["subject", "site"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.started_at:%Y-%m-%d %H:%M:%S}Z"


class SeenLogoutToken(models.Model):
    """A logout token that was obeyed; `key` is a digest of its site and `jti`. It is kept until it has expired."""

    key = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"logout token, expires {self.expires_at:%Y-%m-%d %H:%M:%S}Z"


class SeenWebhook(models.Model):
    """A webhook that was obeyed; `key` is a digest of its tenant and body. It is kept until it would be too old."""

    key = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"webhook, too old from {self.expires_at:%Y-%m-%d %H:%M:%S}Z"


class TokenCutoff(models.Model):
    """Since when access tokens of a person are taken at the API; of one application, or of all where that is empty.

    Without a `subject` it is about everybody in the tenant.
    """

    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    application = models.CharField(max_length=255, blank=True, default="")
    not_before = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subject", "application"], name="one_cutoff_per_application"),
        ]

    def __str__(self) -> str:
        return f"tokens since {self.not_before:%Y-%m-%d %H:%M:%S}Z"


class IdempotentRequest(models.Model):
    """A write at the API that came with an `Idempotency-Key`, and its answer, sealed; `status` 0 while it runs.

    `key` is a digest of the person, the application and the key, `fingerprint` one of what was asked.
    """

    key = models.CharField(max_length=64, primary_key=True)
    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    sealed = models.TextField(blank=True, default="")
    started_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "subject"])]

    def __str__(self) -> str:
        return f"request, {self.status or 'running'} since {self.started_at:%Y-%m-%d %H:%M:%S}Z"


class Counter(models.Model):
    """How often something limited was tried since its window began; `key` is a digest of who, what and where."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=1)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%Y-%m-%d %H:%M:%S}Z"


class Lease(models.Model):
    """Something that one request at a time may do; `holder` is a random value of that request."""

    key = models.CharField(max_length=64, primary_key=True)
    holder = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"held until {self.expires_at:%Y-%m-%d %H:%M:%S}Z"


class Pending(models.Model):
    """A value that waits for its code. The recipient is kept only while it waits; the row stays a while to tell why."""

    class State(models.TextChoices):
        WAITING = "waiting"
        USED = "used"
        REPLACED = "replaced"
        CANCELLED = "cancelled"

    key = models.CharField(max_length=64, primary_key=True)
    site = models.CharField(max_length=255)
    tenant = models.CharField(max_length=255, blank=True, default="", db_default="")
    subject = models.CharField(max_length=64)
    binding = models.CharField(max_length=64)
    purpose = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    recipient = models.CharField(max_length=256, blank=True, default="")
    recipient_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    most_attempts = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    # Nothing was sent: the recipient is another account's, or somebody waits for its code already. No page says so.
    held_back = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name_plural = "pending values"
        indexes = [
            models.Index(fields=["site", "subject", "binding", "purpose"]),
            models.Index(fields=["tenant", "subject", "purpose"]),
            models.Index(fields=["tenant", "recipient_digest"]),
            # Each new code looks for recipients that are no longer waited for.
            models.Index(fields=["expires_at"], condition=~models.Q(recipient=""), name="recipients_kept"),
        ]
        constraints = [
            # Logto keeps one code for each recipient, so one may wait for it. Two sends at once: the database decides.
            models.UniqueConstraint(
                fields=["tenant", "recipient_digest"],
                condition=models.Q(state="waiting", held_back=False) & ~models.Q(tenant=""),
                name="one_code_per_recipient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.state} since {self.sent_at:%Y-%m-%d %H:%M:%S}Z"


class KnownValue(models.Model):
    """Something that an account holds, and since when this site knows of it (safeguards/established.py).

    `digest` stands for it under the key named `key`; `since` is null for what there was at first sight.
    """

    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=16)
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subject", "kind", "digest"], name="one_row_per_known_value"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.since:%Y-%m-%d %H:%M:%S}Z" if self.since else f"{self.kind} from the start"


class ProvenEmail(models.Model):
    """An email that somebody proved here with a code sent to it; `digest` stands for it under the key named `key`."""

    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=16)
    proven_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subject", "digest"], name="one_row_per_proven_email"),
        ]

    def __str__(self) -> str:
        return f"email proven at {self.proven_at:%Y-%m-%d %H:%M:%S}Z"


class KnownDevice(models.Model):
    """A browser from which somebody signed in to an account, or began to (safeguards/sign_ins/devices.py).

    `digest` stands for browser, system and network, `place` for browser, system and place, under the key named `key`.
    `reached` is how far it got, `told` how far it was told of. `waits_since` is the moment of what is still to be told,
    and null when there is nothing; `sealed` holds what was seen then.
    """

    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    place = models.CharField(max_length=64, blank=True, default="")
    key = models.CharField(max_length=16)
    reached = models.PositiveSmallIntegerField()
    told = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    waits_since = models.DateTimeField(null=True)
    last_at = models.DateTimeField(db_index=True)
    sealed = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["tenant", "waits_since"])]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subject", "digest"], name="one_row_per_device"),
        ]

    def __str__(self) -> str:
        return f"device, last seen {self.last_at:%Y-%m-%d %H:%M:%S}Z"


class ReadLog(models.Model):
    """Up to when the sign-ins in the log of a Logto tenant were read."""

    tenant = models.CharField(max_length=255, primary_key=True)
    read_until = models.DateTimeField()
    tried_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tenant} until {self.read_until:%Y-%m-%d %H:%M:%S}Z"


class AlertAddress(models.Model):
    """A second mailbox that is told of everything, sealed (safeguards/alert_address.py); `digest` stands for it.

    `since` is when it was proven, `replaced_at` when it was replaced or removed.
    """

    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed = models.TextField()
    since = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name_plural = "alert addresses"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subject", "digest"], name="one_row_per_alert_address"),
            models.UniqueConstraint(
                fields=["tenant", "subject"], condition=models.Q(replaced_at=None), name="one_alert_address"
            ),
        ]

    def __str__(self) -> str:
        return f"alert address since {self.since:%Y-%m-%d %H:%M:%S}Z"


class AlertSettings(models.Model):
    """What a person wants to be told of by mail, where it differs from what everybody is told."""

    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    new_devices = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "alert settings"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subject"], name="one_row_of_alert_settings"),
        ]

    def __str__(self) -> str:
        return "new devices are told" if self.new_devices else "new devices are not told"


class Restoration(models.Model):
    """A way back to what an account held before somebody changed it; `key` is a digest of the link's token.

    `sealed` is emptied once it was used. `begun_at` without `used_at`: it was interrupted and can go on. `left` names
    what it could not do.
    """

    key = models.CharField(max_length=64, primary_key=True)
    entry = models.OneToOneField(AuditEntry, null=True, on_delete=models.SET_NULL, related_name="restoration")
    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    sealed = models.TextField(blank=True)
    expires_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    left = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["tenant", "subject"])]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "subject"], condition=models.Q(used_at=None), name="one_way_back_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"way back until {self.expires_at:%Y-%m-%d %H:%M:%S}Z"


class Undo(models.Model):
    """The way back of releases before Restoration. Nothing reads these rows; they go with the next release."""

    key = models.CharField(max_length=64, primary_key=True)
    entry = models.OneToOneField(AuditEntry, null=True, on_delete=models.SET_NULL, related_name="undo")
    site = models.CharField(max_length=255)
    tenant = models.CharField(max_length=255, blank=True, default="", db_default="")
    subject = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    old_sealed = models.TextField(blank=True)
    written_digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["site", "subject", "kind"]),
            models.Index(fields=["tenant", "subject", "kind"]),
        ]

    def __str__(self) -> str:
        return f"undo of {self.kind} until {self.expires_at:%Y-%m-%d %H:%M:%S}Z"


class Notice(models.Model):
    """A mail about a change. Stored with the started audit row, released by its outcome, emptied once sent."""

    class State(models.TextChoices):
        HELD = "held"  # the change has not ended yet
        DONE = "done"
        UNKNOWN = "unknown"  # it was begun, and nobody can say how it ended
        SENT = "sent"
        UNDELIVERABLE = "undeliverable"

    entry = models.ForeignKey(AuditEntry, null=True, on_delete=models.SET_NULL, related_name="notices")
    site = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    change = models.CharField(max_length=64)
    sealed = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.HELD)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=64, blank=True, default="")
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    # Why it was not sent at the last try, in one word. The database knows the default: older processes leave it out.
    trouble = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Stands for account and recipient, set when it waits to go in one mail with others (mails/grouping.py).
    group = models.CharField(max_length=64, blank=True, default="", db_default="")
    # When its link "This wasn't me" was used (safeguards/reports.py).
    reported_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "reported_at"]),
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["state", "made_at"]),
            models.Index(fields=["group", "state"]),
            # Those that are sent keep their claim: what is looked for are the few that are under way.
            models.Index(fields=["claim"], condition=models.Q(state__in=("done", "unknown")), name="claimed_mails"),
        ]

    def __str__(self) -> str:
        return f"{self.change} {self.state} since {self.made_at:%Y-%m-%d %H:%M:%S}Z"


class SecurityEvent(models.Model):
    """What another service is told of a change. Stored with the started audit row, released by its outcome.

    `token_id` is the `jti` of its token, the same at every try.
    """

    class State(models.TextChoices):
        HELD = "held"  # the change has not ended yet
        WAITING = "waiting"
        SENT = "sent"
        GIVEN_UP = "given-up"

    # Without a constraint: the release before deletes old rows of the trail, and knows nothing of this table.
    entry = models.ForeignKey(
        AuditEntry, null=True, on_delete=models.SET_NULL, related_name="events", db_constraint=False
    )
    site = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    change = models.CharField(max_length=64)
    token_id = models.CharField(max_length=32, unique=True)
    is_certain = models.BooleanField(default=True)  # False: nobody can say whether it was done
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.HELD)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=64, blank=True, default="")
    claimed_until = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=64, blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["site", "subject", "state"]),
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["state", "made_at"]),
            # The few that wait, in the order in which they go, and by person.
            models.Index(fields=["site", "id"], condition=models.Q(state="waiting"), name="waiting_events"),
            models.Index(
                fields=["site", "subject", "id"],
                condition=models.Q(state__in=("held", "waiting")),
                name="unsent_events_of_person",
            ),
        ]

    def __str__(self) -> str:
        return f"event of {self.change} {self.state} since {self.made_at:%Y-%m-%d %H:%M:%S}Z"


class DeletionRequest(models.Model):
    """An account whose owner wants it deleted on a later day; `key` is a digest of the token of the mail's link.

    One waits for an account at most. `was_suspended`: its day came while the person was shut out. `try_at` is later
    than its day once it could not be carried out.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        KEPT = "kept"  # the owner changed their mind, or took the account back
        STOPPED = "stopped"  # on its day something stood in the way
        DELETED = "deleted"

    key = models.CharField(max_length=64, primary_key=True)
    site = models.CharField(max_length=255)
    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    language = models.CharField(max_length=16)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    try_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    was_suspended = models.BooleanField(default=False)
    claimed_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["try_at"], condition=models.Q(state="waiting"), name="waiting_deletions")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "subject"], condition=models.Q(state="waiting"), name="one_deletion_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"deletion {self.state}, due {self.due_at:%Y-%m-%d %H:%M:%S}Z"


class FactorRemoval(models.Model):
    """Lost second factors that support is to remove later on; `key` is a digest of the token of the mail's link.

    One waits for an account at most. `admin` asked for it; `approver` is another one, empty until then. `sealed` holds
    which factors, why, and when the person had signed in last. `try_at` is later than its moment once it could not be
    carried out.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SIGNED_IN = "signed-in"  # the person came in meanwhile, and is still to be told that nothing is removed
        KEPT = "kept"  # the owner, or support, stopped it
        STOPPED = "stopped"  # at its moment something stood in the way
        REMOVED = "removed"

    key = models.CharField(max_length=64, primary_key=True)
    site = models.CharField(max_length=255)
    tenant = models.CharField(max_length=255)
    subject = models.CharField(max_length=64)
    admin = models.CharField(max_length=64)
    approver = models.CharField(max_length=64, blank=True, default="")
    needs_approval = models.BooleanField()
    sealed = models.TextField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    try_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    claimed_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "subject"])]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "subject"], condition=models.Q(state="waiting"), name="one_factor_removal_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"factor removal {self.state}, due {self.due_at:%Y-%m-%d %H:%M:%S}Z"


class Heartbeat(models.Model):
    """When something that runs beside the web processes last went round; `trouble` is what it could not do."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()
    trouble = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}Z"
