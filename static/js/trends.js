// Reading the charts: the pointer shows a week's value beside the metric's name; the arrow keys walk the
// weeks and speak them. Without this script every point is a link of its own, and the table has all values.

const follow = (figure) => {
  const spots = [...figure.querySelectorAll(".spots > *")];
  const stops = spots.filter((spot) => !spot.closest("[aria-hidden]"));
  const readout = figure.querySelector(".readout");
  if (!stops.length || !readout) return;
  const usual = readout.textContent;
  const say = (spot, aloud) => {
    readout.setAttribute("aria-live", aloud ? "polite" : "off");
    readout.textContent = spot ? spot.querySelector("title").textContent : usual;
  };

  // One stop a chart for the Tab key, the newest week; the arrows do the rest.
  let current = stops.length - 1;
  stops.forEach((stop, index) => stop.setAttribute("tabindex", index === current ? "0" : "-1"));
  const go = (index) => {
    stops[current].setAttribute("tabindex", "-1");
    current = Math.max(0, Math.min(stops.length - 1, index));
    stops[current].setAttribute("tabindex", "0");
    stops[current].focus();
  };
  const steps = {
    ArrowLeft: () => current - 1,
    ArrowRight: () => current + 1,
    PageUp: () => current - 4,
    PageDown: () => current + 4,
    Home: () => 0,
    End: () => stops.length - 1,
  };

  figure.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || !stops.includes(event.target)) return;
    event.preventDefault();
    go(step());
  });
  figure.addEventListener("focusin", (event) => {
    const index = stops.indexOf(event.target);
    if (index < 0) return;
    if (index !== current) go(index);
    say(event.target, true);
  });
  figure.addEventListener("focusout", () => say(null, false));
  for (const spot of spots) {
    spot.addEventListener("pointerenter", () => say(spot, false));
    spot.addEventListener("pointerleave", () => {
      const focused = stops.includes(document.activeElement) ? document.activeElement : null;
      say(focused, false);
    });
  }
};

document.querySelectorAll("figure:has(.spots)").forEach(follow);
