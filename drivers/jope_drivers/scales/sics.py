"""MT-SICS as a dialect; its frames are read by ``mt_sics``. ``@`` is never sent (it clears the tare)."""

from __future__ import annotations

from functools import partial
from typing import Final

from jope.kernel.errors import FrameError
from jope.kernel.units import Quantity
from jope.plant.devices.ports import ScaleAction
from jope_drivers.scales.dialect import Action, Dialect, Done, Inquiry, NoWeight, Outcome, Refused, Shown, TareQuestion, Weight
from jope_drivers.scales.mt_sics import Command, Condition, ConditionFrame, DoneFrame, FaultFrame, TextFrame, WeightFrame, parse_frame


def read_poll(line: bytes) -> Shown:
    """What ``S`` or ``SI`` was answered.

    Raises:
        FrameError: it is no such answer.
    """
    match parse_frame(line):
        case WeightFrame(answer_id="S", quantity=quantity, stable=stable):
            return Weight(quantity, stable)
        case ConditionFrame(answer_id="S", condition=Condition.OVERLOAD | Condition.UNDERLOAD | Condition.BUSY as condition):
            return NoWeight(condition.value)
    raise FrameError(f"The frame {line!r} does not answer {Command.SEND_IMMEDIATELY}.")


def read_text(line: bytes, *, command: Command) -> str:
    """The one text that an inquiry was answered.

    Raises:
        FrameError: it is no answer to this inquiry, or an empty one.
    """
    frame = parse_frame(line)
    if not isinstance(frame, TextFrame) or frame.answer_id != command.answer_id or not frame.texts[0]:
        raise FrameError(f"The frame {line!r} does not answer {command}.")
    return frame.texts[0]


def read_action(line: bytes, *, command: Command) -> Outcome:
    """What ``Z`` or ``T`` was answered.

    Raises:
        FrameError: it is no answer to this command.
    """
    match parse_frame(line):
        case DoneFrame(answer_id=command.answer_id) | WeightFrame(answer_id=command.answer_id):
            return Done()
        case ConditionFrame(answer_id=command.answer_id, condition=condition):
            return Refused(condition.value)
        case FaultFrame(fault=fault):
            return Refused(fault.value)
    raise FrameError(f"The frame {line!r} does not answer {command}.")


def read_tare(line: bytes) -> Quantity | None:
    """The tare, None from a device that does not know the command.

    Raises:
        FrameError: it is no answer to ``TA``.
    """
    match parse_frame(line):
        case WeightFrame(answer_id="TA", quantity=quantity):
            return quantity
        case FaultFrame() | ConditionFrame():
            return None
    raise FrameError(f"The frame {line!r} does not answer {Command.TARE_VALUE}.")


def inquiry(command: Command) -> Inquiry:
    """The question for one text."""
    return Inquiry(command.value, partial(read_text, command=command))


def action(command: Command) -> Action:
    """A command whose answer says whether it was carried out."""
    return Action(command.value, partial(read_action, command=command))


ACTIONS: Final = {ScaleAction.ZERO: action(Command.ZERO), ScaleAction.TARE: action(Command.TARE)}
TARE: Final = TareQuestion(Command.TARE_VALUE.value, read_tare)
MT_SICS: Final = Dialect(
    protocol="mt-sics",
    poll=Command.SEND_IMMEDIATELY.value,
    read_poll=read_poll,
    serial_number=inquiry(Command.SERIAL_NUMBER),
    model=inquiry(Command.MODEL),
    firmware=inquiry(Command.SOFTWARE),
    actions=ACTIONS,
    tare=TARE,
)
