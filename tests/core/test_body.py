from claudetray.core.body import Copy


def test_a_copy_holds_what_went_by() -> None:
    copy = Copy(10)
    for piece in (b"abc", b"", b"defghij"):
        copy.add(piece)
    assert (copy.whole(), copy.cut) == (b"abcdefghij", False)


def test_a_copy_ends_where_it_is_full_and_says_so() -> None:
    copy = Copy(5)
    for piece in (b"abc", b"def", b"ghi"):
        copy.add(piece)
    assert (copy.whole(), copy.cut) == (b"abcde", True)
