/** Says state changes to screen readers, not more than one message in `spacing` ms: the newest wins. */
export function announcer(element, { spacing = 2000, later = setTimeout } = {}) {
  let next = null;
  let resting = false;
  const say = () => {
    if (next === null) return;
    element.textContent = next;
    next = null;
    resting = true;
    later(() => {
      resting = false;
      say();
    }, spacing);
  };
  return (text) => {
    next = text;
    if (!resting) say();
  };
}
