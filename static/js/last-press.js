/* Of two pages that are on their way the one pressed last is shown. Drawn first, the other one would take its place away. */
let last;
document.addEventListener("htmx:beforeRequest", ({ detail: { target, xhr } }) => {
  if (target.id === "page") last = xhr;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isAwaited = last && last !== detail.xhr && last.readyState !== XMLHttpRequest.DONE;
  if (isAwaited && detail.target.id === "page") detail.shouldSwap = false;
});
