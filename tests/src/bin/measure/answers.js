// Answers the numbers of the page one after the other, each with another number than before, and waits for the sum that
// depends on it. What is typed is painted first, as it is when a person types; the clock starts when the field is left for
// the next one.
// `called` is the part of it from the page's call of the backend to its answer's arrival, `changed` ends when the sum's new
// text is in the document, `painted` in the first task after the next animation frame. `bare` is the call where it is refused
// at once, `idle` the same on a page that paints nothing meanwhile: what the way to the backend and back costs by itself.
window.attestaAnswers = { changed: [], painted: [], called: [], bare: [], idle: [], done: false, problem: null };
(async () => {
  const told = window.attestaAnswers;
  // The calls of the backend are requests to a protocol of its own.
  const request = window.fetch;
  let into = told.called;
  window.fetch = async (...given) => {
    const start = performance.now();
    const answered = await request.apply(window, given);
    if (String(given[0]).includes('patient_answer')) into.push(performance.now() - start);
    return answered;
  };
  const frame = () => new Promise((resume) => requestAnimationFrame(resume));
  const painted = async () => {
    await frame();
    await new Promise((resume) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = resume;
      channel.port2.postMessage(null);
    });
    return performance.now();
  };
  const fields = () => [...document.querySelectorAll('main [data-testid=answer-number]')];
  /** The sum of a field: the next one down the page. */
  const sumOf = (field) => {
    const all = [...document.querySelectorAll('main [data-testid=asked]')];
    const from = all.indexOf(field.closest('[data-testid=asked]'));
    return all.slice(from).find((one) => one.querySelector('[data-testid=shown-answer]'));
  };
  const text = (sum) => sum.querySelector('[data-testid=shown-answer]').textContent.trim();
  const answer = async (field, number) => {
    const sum = sumOf(field);
    const before = Number(text(sum));
    const wanted = String(before + number - Number(field.value));
    // At any time of a frame: a person does not wait for one.
    await frame();
    await new Promise((resume) => setTimeout(resume, told.painted.length % 17));
    const changed = new Promise((resume, fail) => {
      const observer = new MutationObserver(() => {
        if (text(sum) !== wanted) return;
        observer.disconnect();
        resume(performance.now());
      });
      observer.observe(sum, { subtree: true, childList: true, characterData: true });
      setTimeout(() => fail(new Error(`the sum is ${text(sum)}, not ${wanted}`)), 20000);
    });
    // What is typed stands there long before the field is left.
    field.focus();
    field.value = String(number);
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await painted();
    const start = performance.now();
    field.dispatchEvent(new Event('change', { bubbles: true }));
    const all = fields();
    all[(all.indexOf(field) + 1) % all.length].focus();
    told.changed.push((await changed) - start);
    told.painted.push((await painted()) - start);
  };
  const refused = async (paints) => {
    await frame();
    await new Promise((resume) => setTimeout(resume, into.length % 17));
    const field = fields()[0];
    if (paints) field.value = String(1 + (into.length % 5));
    const given = { session: 'nobody', revision: 0, key: '', answers: [] };
    const answered = window.__TAURI_INTERNALS__.invoke('patient_answer', given);
    await answered.then(
      () => Promise.reject(new Error('a session of nobody was answered')),
      () => {},
    );
  };
  try {
    for (let round = 0; told.painted.length < WANTED; round += 1) {
      // From 1 to 5: no condition opens another question, and none of the numbers is the same as in the last round.
      const all = fields();
      for (const [place, field] of all.entries()) {
        if (told.painted.length >= WANTED) break;
        await answer(field, 1 + ((place + round) % 5));
      }
    }
    for (const samples of [told.bare, told.idle]) {
      into = samples;
      while (samples.length < WANTED) await refused(samples === told.bare);
    }
    told.done = true;
  } catch (problem) {
    told.problem = String(problem);
  }
})();
