from claudetray.ui.ledger_table import LedgerTable
from claudetray.ui.status_window import StatusWindow
from tests.ui.overview import bring, shown


def test_the_ledger_tells_what_moved_each_balance(window: StatusWindow) -> None:
    window.show_status(shown())
    bring(window, "Ledger")
    model = window.findChild(LedgerTable).model()
    rows = [[model.index(row, column).data() for column in range(1, 7)] for row in range(model.rowCount())]
    assert rows == [
        ["$24.00", "—", "—", "—", "—", "corrected, -$2.00 corrected"],
        ["$25.00", "$1.50", "—", "—", "—", "typed, $3.00 lapsed"],
        ["$40.00", "$1.50", "—", "—", "$30.00", "fetched"],
        ["$12.00", "$1.50", "$1.20", "$0.30", "—", "fetched"],
        ["$20.00", "$1.50", "—", "—", "—", "fetched"],
    ]
