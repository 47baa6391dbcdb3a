"""The rows, as the last migration leaves the tables. Money is in micro-units, the cost
of a call in pico-dollars, time in epoch milliseconds (UTC).
"""

import peewee as pw


class AccountRow(pw.Model):
    id = pw.AutoField()
    provider = pw.TextField()
    host = pw.TextField()
    organization = pw.TextField()
    name = pw.TextField()

    class Meta:
        table_name = "account"


class ReadingRow(pw.Model):
    id = pw.AutoField()
    account_id = pw.IntegerField()
    taken_at = pw.IntegerField()
    source = pw.TextField()
    next_expires_at = pw.IntegerField(null=True)
    auto_reload = pw.TextField(null=True)
    last_purchase_micros = pw.IntegerField(null=True)
    last_purchase_currency = pw.TextField(null=True)
    answer = pw.TextField(column_name="raw")  # Model.raw is peewee's own

    class Meta:
        table_name = "reading"


class BalanceRow(pw.Model):
    id = pw.AutoField()
    reading_id = pw.IntegerField()
    key = pw.TextField()
    label = pw.TextField()
    left_micros = pw.IntegerField(null=True)
    currency = pw.TextField(null=True)

    class Meta:
        table_name = "balance"


class SpendRow(pw.Model):
    id = pw.AutoField()
    reading_id = pw.IntegerField()
    key = pw.TextField()
    label = pw.TextField()
    spent_micros = pw.IntegerField()
    currency = pw.TextField()
    resets_at = pw.IntegerField(null=True)

    class Meta:
        table_name = "spend"


class TrancheRow(pw.Model):
    id = pw.AutoField()
    reading_id = pw.IntegerField()
    lot = pw.TextField()
    name = pw.TextField()
    remaining_micros = pw.IntegerField(null=True)
    granted_micros = pw.IntegerField(null=True)
    currency = pw.TextField()
    expires_at = pw.IntegerField(null=True)

    class Meta:
        table_name = "tranche"


class LookRow(pw.Model):
    id = pw.AutoField()
    account_id = pw.IntegerField(null=True)
    started_at = pw.IntegerField()
    took_ms = pw.IntegerField()
    trigger = pw.TextField()
    reading_id = pw.IntegerField(null=True)
    failure_kind = pw.TextField(null=True)
    failure_title = pw.TextField(null=True)
    failure_message = pw.TextField(null=True)
    failure_sample = pw.TextField(null=True)

    class Meta:
        table_name = "look"


class ThresholdRow(pw.Model):
    at_micros = pw.IntegerField(primary_key=True)
    look_every_minutes = pw.IntegerField()

    class Meta:
        table_name = "threshold"


class SettingRow(pw.Model):
    key = pw.TextField(primary_key=True)
    value = pw.TextField()

    class Meta:
        table_name = "setting"


class SecretRow(pw.Model):
    name = pw.TextField(primary_key=True)
    nonce = pw.BlobField()
    box = pw.BlobField()

    class Meta:
        table_name = "secret"


class WatchRow(pw.Model):
    account_id = pw.IntegerField(primary_key=True)
    said_micros = pw.IntegerField(null=True)
    last_micros = pw.IntegerField(null=True)
    last_currency = pw.TextField(null=True)
    last_purchase_micros = pw.IntegerField(null=True)
    last_purchase_currency = pw.TextField(null=True)
    unknown_since = pw.IntegerField(null=True)
    failures = pw.IntegerField(default=0)
    told = pw.TextField(default="")

    class Meta:
        table_name = "watch"


class PlanRow(pw.Model):
    """One row, number 1: what the monitor of this home intends."""

    id = pw.IntegerField(primary_key=True)
    next_look_at = pw.IntegerField(null=True)
    reason = pw.TextField()
    paused = pw.BooleanField()

    class Meta:
        table_name = "plan"


class SessionRow(pw.Model):
    """One row, number 1: the session that this home looks with."""

    id = pw.IntegerField(primary_key=True)
    state = pw.TextField()
    way = pw.TextField(null=True)
    since = pw.IntegerField(null=True)
    renewed_at = pw.IntegerField(null=True)
    ends_at = pw.IntegerField(null=True)
    page_until = pw.IntegerField(null=True)
    renewal_tried_at = pw.IntegerField(null=True)

    class Meta:
        table_name = "session"


class PageVisitRow(pw.Model):
    """A hidden visit of the Console's web page; kept for a day, to be counted."""

    id = pw.AutoField()
    began_at = pw.IntegerField()

    class Meta:
        table_name = "page_visit"


class AlertRow(pw.Model):
    id = pw.AutoField()
    account_id = pw.IntegerField(null=True)
    kind = pw.TextField()
    health = pw.TextField()
    title = pw.TextField()
    body = pw.TextField()
    facts = pw.TextField()
    raised_at = pw.IntegerField()
    acknowledged_at = pw.IntegerField(null=True)

    class Meta:
        table_name = "alert"


class DeliveryRow(pw.Model):
    id = pw.AutoField()
    alert_id = pw.IntegerField()
    channel = pw.TextField()
    state = pw.TextField()
    tries = pw.IntegerField(default=0)
    due_at = pw.IntegerField()
    first_due_at = pw.IntegerField(null=True)  # before any try
    done_at = pw.IntegerField(null=True)
    trouble = pw.TextField(null=True)

    class Meta:
        table_name = "delivery"


class LedgerRow(pw.Model):
    id = pw.AutoField()
    account_id = pw.IntegerField()
    reading_id = pw.IntegerField()
    since = pw.IntegerField(null=True)
    at = pw.IntegerField()
    kind = pw.TextField()
    source = pw.TextField()
    balance_micros = pw.IntegerField()
    currency = pw.TextField()
    spent_micros = pw.IntegerField()
    measured_pico = pw.IntegerField()
    added_micros = pw.IntegerField()
    expired_micros = pw.IntegerField()
    corrected_micros = pw.IntegerField()

    class Meta:
        table_name = "ledger"


class BudgetRow(pw.Model):
    """`begins` and `ends` are days of a fixed period; `scope_name` is empty where the scope is everything."""

    id = pw.AutoField()
    name = pw.TextField(unique=True)
    amount_micros = pw.IntegerField()
    period = pw.TextField()
    scope = pw.TextField()
    scope_name = pw.TextField()
    levels = pw.TextField()
    hard_stop = pw.BooleanField()
    begins = pw.TextField(null=True)
    ends = pw.TextField(null=True)
    lifted_until = pw.IntegerField(null=True)

    class Meta:
        table_name = "budget"


class SaidRow(pw.Model):
    """What alerts spoke of, so that they do it once."""

    key = pw.TextField(primary_key=True)
    value = pw.TextField()
    at = pw.IntegerField()

    class Meta:
        table_name = "said"


class AlertRuleRow(pw.Model):
    """A rule that the person changed; `channels` is null for all of them."""

    kind = pw.TextField(primary_key=True)
    enabled = pw.BooleanField()
    channels = pw.TextField(null=True)
    quiet = pw.BooleanField()
    cooldown_minutes = pw.IntegerField()
    snoozed_until = pw.IntegerField(null=True)
    marks = pw.TextField()

    class Meta:
        table_name = "alert_rule"


class ChannelRow(pw.Model):
    """A channel that the person added; its address is in the vault."""

    name = pw.TextField(primary_key=True)
    form = pw.TextField()
    enabled = pw.BooleanField()

    class Meta:
        table_name = "channel"


class UsageRow(pw.Model):
    """One API call. Its text is searched through the view `usage_words` and the index `usage_search`."""

    id = pw.AutoField()
    key = pw.TextField(unique=True)
    origin = pw.TextField()
    state = pw.TextField()
    started_at = pw.IntegerField()
    duration_ms = pw.IntegerField(null=True)
    ttft_ms = pw.IntegerField(null=True)
    method = pw.TextField()
    path = pw.TextField()
    status = pw.IntegerField(null=True)
    streaming = pw.BooleanField()
    model = pw.TextField(null=True)
    requested_model = pw.TextField(null=True)
    input_tokens = pw.IntegerField(null=True)
    output_tokens = pw.IntegerField(null=True)
    cache_read_tokens = pw.IntegerField(null=True)
    cache_write_5m_tokens = pw.IntegerField(null=True)
    cache_write_1h_tokens = pw.IntegerField(null=True)
    usage = pw.TextField(null=True)
    cost_pico = pw.IntegerField(null=True)
    estimated = pw.BooleanField()
    flags = pw.TextField()
    stop_reason = pw.TextField(null=True)
    request_id = pw.TextField(null=True)
    message_id = pw.TextField(null=True)
    client = pw.TextField(null=True)
    key_fingerprint = pw.TextField(null=True)
    session = pw.TextField(null=True)
    project = pw.TextField(null=True)
    tools = pw.TextField()
    headers = pw.TextField()
    error_kind = pw.TextField(null=True)
    error_message = pw.TextField(null=True)
    prices = pw.TextField()
    counted = pw.BooleanField()  # False: delivered twice, the tokens are another row's

    class Meta:
        table_name = "usage"


class UsageCountRow(pw.Model):
    """One row, number 1: how many calls are kept, for counting ten million takes a second; and the last number given.

    A number never comes back: a cursor or somebody's note may still name it.
    """

    id = pw.IntegerField(primary_key=True)
    kept = pw.IntegerField()
    last = pw.IntegerField()

    class Meta:
        table_name = "usage_count"


class PurgedRow(pw.Model):
    """The key of a call that retention took, as `purged.py` keeps it."""

    hash = pw.IntegerField(primary_key=True)

    class Meta:
        table_name = "purged"


class TagRow(pw.Model):
    id = pw.AutoField()
    name = pw.TextField(unique=True)
    color = pw.TextField()
    rules = pw.TextField()

    class Meta:
        table_name = "tag"


class UsageTagRow(pw.Model):
    """That a call has a tag. `started_at` is the call's, so that a tag's newest calls are found without a sort."""

    usage_id = pw.IntegerField()
    tag_id = pw.IntegerField()
    started_at = pw.IntegerField()
    by_hand = pw.BooleanField()

    class Meta:
        table_name = "usage_tag"
        primary_key = pw.CompositeKey("usage_id", "tag_id")


class RollupRow(pw.Model):
    """The sums of some calls. `rollups.py` says what the key means."""

    grain = pw.IntegerField()
    tag_id = pw.IntegerField()
    model = pw.TextField()
    client = pw.TextField()
    bucket = pw.IntegerField()
    origin = pw.TextField()
    calls = pw.IntegerField()
    failed = pw.IntegerField()
    interrupted = pw.IntegerField()
    unpriced = pw.IntegerField()
    estimated = pw.IntegerField()
    input_tokens = pw.IntegerField()
    output_tokens = pw.IntegerField()
    cache_read_tokens = pw.IntegerField()
    cache_write_5m_tokens = pw.IntegerField()
    cache_write_1h_tokens = pw.IntegerField()
    cost_pico = pw.IntegerField()
    duration_ms = pw.IntegerField()
    timed = pw.IntegerField()

    class Meta:
        table_name = "rollup"
        primary_key = pw.CompositeKey("grain", "tag_id", "model", "client", "bucket", "origin")


class PriceRow(pw.Model):
    """A price that the person set. Rates are decimal text, in dollars per million tokens."""

    id = pw.AutoField()
    model = pw.TextField()
    since = pw.TextField(null=True)
    input = pw.TextField()
    output = pw.TextField()
    cache_read = pw.TextField()
    cache_write_5m = pw.TextField()
    cache_write_1h = pw.TextField()

    class Meta:
        table_name = "price"


class BodyRow(pw.Model):
    """Only where the person wants bodies kept; compressed."""

    usage_id = pw.IntegerField(primary_key=True)
    request = pw.BlobField()
    answer = pw.BlobField()
    request_cut = pw.BooleanField()
    answer_cut = pw.BooleanField()

    class Meta:
        table_name = "body"


ROWS = (
    BodyRow,
    AccountRow,
    ReadingRow,
    BalanceRow,
    SpendRow,
    TrancheRow,
    LookRow,
    ThresholdRow,
    SettingRow,
    SecretRow,
    WatchRow,
    PlanRow,
    SessionRow,
    PageVisitRow,
    AlertRow,
    DeliveryRow,
    LedgerRow,
    BudgetRow,
    SaidRow,
    AlertRuleRow,
    ChannelRow,
    UsageRow,
    UsageCountRow,
    PurgedRow,
    TagRow,
    UsageTagRow,
    RollupRow,
    PriceRow,
)
