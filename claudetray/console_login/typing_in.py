"""Typing a code into the page's own field, as the person would."""

import json

# One field for all of it, or one for each character; `input` events are what a page's own code listens to.
TYPE = """
((code) => {
  const seen = (field) => field.offsetParent !== null && !field.disabled && !field.readOnly;
  const put = (field, text) => {
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    field.focus(); set.call(field, text);
    field.dispatchEvent(new Event("input", {bubbles: true}));
    field.dispatchEvent(new Event("change", {bubbles: true}));
  };
  const kinds = ["text", "tel", "number", ""];
  const fields = [...document.querySelectorAll("input")]
    .filter((field) => seen(field) && kinds.includes(field.getAttribute("type") ?? ""));
  const single = fields.filter((field) => field.maxLength === 1);
  if (single.length >= 4 && single.length === code.length) {
    single.forEach((field, index) => put(field, code[index]));
    return true;
  }
  const field = fields.find((one) => one.autocomplete === "one-time-code")
    ?? fields.find((one) => /code|otp|token/i.test(one.name + one.id + one.placeholder))
    ?? (fields.length === 1 ? fields[0] : null);
  if (!field) return false;
  put(field, code);
  field.form?.requestSubmit();
  return true;
})(%s)
"""


def script(code: str) -> str:
    """JavaScript that types it in and answers whether there was a field for it."""
    return TYPE % json.dumps(code)
