// Sends the files of a form in parts by the protocol tus. What breaks off goes on where it stood, also after the page was
// loaded again and the same file chosen again. Without this script the form sends itself.
"use strict";
(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.fetch) return;
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-progress]");
  const hint = form.querySelector("[data-drop]");
  const part = 8 << 20;
  const field = (name) => form.querySelector(`input[name=${name}]`).value;
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const headers = (more) => ({ "tus-resumable": "1.0.0", "x-signage-form": field("form"), ...more });

  // An answer that will be the same the next time.
  class Refusal extends Error {}

  async function ask(method, url, more, body) {
    const answer = await fetch(url, { method, headers: headers(more), body, credentials: "same-origin" });
    if (answer.ok) return answer;
    let text = `The hub answers ${answer.status}.`;
    try { const problem = await answer.json(); text = problem.detail || problem.title || text; } catch { /* no body */ }
    const again = answer.status >= 500 || [408, 409, 423, 429].includes(answer.status);
    throw again ? new Error(text) : new Refusal(text);
  }

  // What is remembered of an upload: by what somebody would choose again.
  const name = (file) => `upload ${field("folder")} ${file.name} ${file.size} ${file.lastModified}`;

  async function begin(file) {
    const known = localStorage.getItem(name(file));
    if (known) {
      try {
        const answer = await ask("HEAD", known);
        return [known, Number(answer.headers.get("upload-offset")), answer.headers.get("x-signage-content")];
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        localStorage.removeItem(name(file));
      }
    }
    const about = [["filename", file.name], ["folder", field("folder")]].map(([key, value]) => `${key} ${base64(value)}`);
    const answer = await ask("POST", "/api/v1/uploads", { "upload-length": String(file.size), "upload-metadata": about.join(",") });
    const url = answer.headers.get("location");
    localStorage.setItem(name(file), url);
    return [url, 0, null];
  }

  async function send(file, show) {
    for (let failures = 0; ;) {
      try {
        let [url, offset, content] = await begin(file);
        show(offset, "");
        while (!content) {
          const answer = await ask("PATCH", url,
            { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
            file.slice(offset, offset + part));
          offset = Number(answer.headers.get("upload-offset"));
          content = answer.headers.get("x-signage-content");
          failures = 0;
          show(offset, offset === file.size && !content ? "Finishing" : "");
        }
        localStorage.removeItem(name(file));
        return content;
      } catch (error) {
        failures += 1;
        if (error instanceof Refusal || failures > 8) {
          if (error instanceof Refusal) localStorage.removeItem(name(file));
          throw error;
        }
        const wait = Math.min(30, 2 ** failures);
        show(null, `${error instanceof TypeError ? "The hub cannot be reached." : error.message} It goes on in ${wait} s.`);
        await pause(wait * 1000);
      }
    }
  }

  function row(file) {
    const item = list.appendChild(document.createElement("li"));
    const title = item.appendChild(document.createElement("span"));
    const bar = item.appendChild(document.createElement("progress"));
    const note = item.appendChild(document.createElement("span"));
    title.textContent = file.name;
    bar.max = file.size;
    bar.setAttribute("aria-label", `Upload of ${file.name}`);
    note.className = "minor";
    const show = (offset, text) => {
      if (offset !== null) bar.value = offset;
      note.textContent = text || `${Math.floor((100 * bar.value) / file.size)} %`;
    };
    show(0, "Waiting");
    return { item, note, show };
  }

  let busy = false;
  async function all(files) {
    if (busy || files.length === 0) return;
    busy = true;
    form.querySelector("button").disabled = true;
    list.replaceChildren();
    let wrong = 0;
    for (const [file, { item, note, show }] of [...files].map((file) => [file, row(file)])) {
      try {
        await send(file, show);
        note.textContent = "Done";
      } catch (error) {
        wrong += 1;
        item.className = "wrong";
        note.className = "alert";
        note.textContent = error.message;
      }
    }
    busy = false;
    form.querySelector("button").disabled = false;
    input.value = "";
    if (wrong === 0) {
      const here = field("folder");
      location.assign(`/content?folder=${encodeURIComponent(here)}&done=added`);
    }
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); all(input.files); });
  hint.hidden = false;
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    all(event.dataTransfer.files);
  });
})();
