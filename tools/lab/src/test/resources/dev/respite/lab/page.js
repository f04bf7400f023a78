// Runs all requests in a worker with the engine in one form, and posts the responses and the times to the server.
const form = new URLSearchParams(location.search).get("form");
const requests = await (await fetch("requests.json")).json();
const begun = performance.now();
const worker = new Worker(`worker.js?form=${form}`, {type: "module"});
const report = {form: "none", loadMs: 0, responses: [], millis: [], progress: 0, failure: ""};

const message = predicate => new Promise(resolve => {
  const listen = ({data}) => {
    if (data.done !== undefined) {
      report.progress++;
    }
    if (predicate(data)) {
      worker.removeEventListener("message", listen);
      resolve(data);
    }
  };
  worker.addEventListener("message", listen);
});

document.addEventListener("securitypolicyviolation", ({blockedURI}) => {
  report.failure = `blocked: ${blockedURI}`;
});

const {form: loaded, failure} = await message(data => data.form || data.failure);
report.form = loaded ?? "none";
report.failure ||= failure ?? "";
report.loadMs = performance.now() - begun;
for (let id = 0; loaded && id < requests.length; id++) {
  const sent = performance.now();
  worker.postMessage({id, request: requests[id]});
  const {response} = await message(data => data.id === id && data.response !== undefined);
  report.responses.push(response);
  report.millis.push(performance.now() - sent);
}
await fetch("report", {method: "POST", body: JSON.stringify(report)});
