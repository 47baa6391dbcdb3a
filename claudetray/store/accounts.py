"""The accounts that were ever watched; one of them is watched now."""

from dataclasses import replace

from claudetray.core.account import Account
from claudetray.store.database import Database
from claudetray.store.schema import AccountRow, SettingRow

_WATCHED = "account.watched"


class AccountsKept:
    """Accounts, told apart by provider, host and organization."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def watched(self) -> Account | None:
        """The account that is watched now, if any."""
        return await self._database.read(_watched)

    async def watch(self, provider: str, host: str, organization: str, name: str) -> Account:
        """Watch that account from now on; one seen before keeps its history."""

        def work() -> Account:
            row, _ = AccountRow.get_or_create(
                provider=provider, host=host, organization=organization, defaults={"name": name}
            )
            if name and row.name != name:
                row.name = name
                row.save()
            SettingRow.replace(key=_WATCHED, value=str(row.id)).execute()
            return _account(row)

        return await self._database.run(work)

    async def named(self, account: Account, name: str) -> Account:
        """The same account under a name; which one is watched stays as it is."""

        def work() -> Account:
            AccountRow.update(name=name).where(AccountRow.id == account.id).execute()
            return replace(account, name=name)

        return await self._database.run(work)


def _watched() -> Account | None:
    kept = SettingRow.get_or_none(SettingRow.key == _WATCHED)
    row = AccountRow.get_or_none(AccountRow.id == int(kept.value)) if kept else None
    return _account(row) if row else None


def _account(row: AccountRow) -> Account:
    return Account(id=row.id, provider=row.provider, host=row.host, organization=row.organization, name=row.name)
