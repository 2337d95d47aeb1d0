// Goes to the outbox and back to the visits, over and over: from the press until its first rows are in the document, and
// until the first task after the next animation frame. `rows` are all that are there in the end.
window.attestaPages = { changed: [], painted: [], rows: 0, done: false, problem: null };
(async () => {
  const told = window.attestaPages;
  const painted = () =>
    new Promise((resume) =>
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resume(performance.now());
        channel.port2.postMessage(null);
      }),
    );
  const there = (selector) =>
    new Promise((resume, fail) => {
      const look = () => document.querySelector(selector) && (observer.disconnect(), resume(performance.now()));
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true });
      setTimeout(() => fail(new Error(`there is no ${selector}`)), 20000);
    });
  const opens = async (page, selector) => {
    const seen = there(selector);
    const start = performance.now();
    document.querySelector(`[data-testid=rail-${page}]`).click();
    return [(await seen) - start, (await painted()) - start];
  };
  try {
    while (told.painted.length < WANTED) {
      await opens('visits', '[data-testid=visit-start]');
      // What the visits still ask for is not the outbox's.
      await new Promise((resume) => setTimeout(resume, 300));
      const [changed, drawn] = await opens('outbox', '[data-testid=outbox-row]');
      told.changed.push(changed);
      told.painted.push(drawn);
      const rows = () => document.querySelectorAll('[data-testid=outbox-row]').length;
      do {
        told.rows = rows();
        await new Promise((resume) => setTimeout(resume, 400));
      } while (rows() > told.rows);
    }
    told.done = true;
  } catch (problem) {
    told.problem = String(problem);
  }
})();
