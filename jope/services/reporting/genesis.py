"""The sheet with a station's genesis key, for the installation qualification: the one thing that pins the trail outside the station."""

from __future__ import annotations

from collections.abc import Sequence

from jope.kernel.settings.identity import StationIdentity


def write_genesis_sheet(info: StationIdentity, key: str, founders: Sequence[tuple[str, str]], profile: str) -> bytes:
    """One page with the key as text and as QR code.

    Args:
        info: the station.
        key: the public half of the first signing key, hex.
        founders: (employee id, name) of the two people who began the station.
        profile: the password profile that they signed.

    Returns:
        The PDF.
    """
    from jope.services.reporting.record.codes import QrCode  # the PDF library is loaded by the first print, not by the start
    from jope.services.reporting.record.look import facts, text
    from jope.services.reporting.record.page import Running, compose

    spelled = " ".join(key[at : at + 8] for at in range(0, len(key), 8))
    pairs = [
        ("Station", info.station_id),
        ("Site", info.site),
        ("Line", info.line),
        ("Time zone", info.zone),
        ("Password profile", profile),
    ]
    pairs += [(f"Founder {number}", f"{name} ({who})") for number, (who, name) in enumerate(founders, start=1)]
    story = [
        text("Genesis key", "section"),
        text(
            "The trail of this station begins under this key. Whoever verifies the trail, or a bundle of it, compares the key with this sheet."
        ),
        facts(pairs, columns=1, label=0.25),
        text(spelled, "mono"),
        QrCode(f"jope-genesis:{info.station_id}:{key}", 160),
        facts([("Seen and compared by", ""), ("Date", ""), ("Signature", "")], columns=1, label=0.25),
    ]
    place = f"{info.site}, line {info.line}"
    return compose(story, Running("Genesis key", info.station_id, "Installation qualification", place, "", "", info.demo))


def write_recovery_sheet(info: StationIdentity, holder: tuple[str, str], code: str) -> bytes:
    """One page with a person's sealed code, to be put into an envelope that this person keeps.

    Args:
        info: the station.
        holder: (employee id, name) of the person whose code it is.
        code: its text, which stands nowhere else.

    Returns:
        The PDF.
    """
    from jope.services.reporting.record.look import facts, text
    from jope.services.reporting.record.page import Running, compose

    story = [
        text("Sealed code", "section"),
        text(
            "When nobody who could unlock can sign in, two people open their own accounts again: an administrator and a person of quality assurance or a "
            "supervisor, each with employee id, password and the code of their own envelope (jope users recover). A code is good once. It opens nothing "
            "without the password of its person."
        ),
        facts([("Station", info.station_id), ("Holder", f"{holder[1]} ({holder[0]})")], columns=1, label=0.25),
        text(code, "mono"),
        facts([("Sealed by", ""), ("Date", ""), ("Kept at", "")], columns=1, label=0.25),
    ]
    place = f"{info.site}, line {info.line}"
    return compose(story, Running("Sealed code", info.station_id, "Keep sealed", place, "", "", info.demo))
