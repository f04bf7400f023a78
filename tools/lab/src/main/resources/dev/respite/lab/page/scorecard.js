// The scorecard: policies against five situations, with the reader's own rate, capacity and timeout.

import {command, own} from "./exports.js";
import {element} from "./fields.js";

const FIELDS = [
  {name: "rate", state: "cardRate", label: "Calls each second", min: 1, max: 500},
  {name: "capacity", state: "cardCapacity", label: "Requests each second that the service can take", min: 1, max: 1000},
  {name: "timeout", state: "cardTimeout", label: "Attempt timeout in ms", min: 10, max: 60000},
];

/** A situation is run for so long after its fault. Recovery must last for the last 20 s of it to be seen. */
const SECONDS_AFTER = 120;
const MAX_RECOVERY_SECONDS = 100;

/** The service serves four fifths of the calls in the overload. */
const OVERLOADED = 0.8;

/** Returns the reason why no policy can be chosen for these values, or nothing. */
export function problemOf({rate, capacity}) {
  return capacity > rate ? ""
    : `The service can take ${capacity} requests each second, and ${rate} calls come. It must take more requests than calls come, since otherwise`
      + " no policy keeps up. Raise the capacity, or lower the rate of the calls.";
}

/** Returns the scenario of each situation by its name. */
export function situations({rate, capacity, timeout}) {
  const workers = 4;
  const service = more => ({workers, "service-time": `exponential ${Number((workers * 1000 / capacity).toFixed(3))}ms`,
    queue: Math.max(10, Math.round(capacity * 3)), ...more});
  const load = to => ({to, arrivals: `poisson ${rate}/s`, clients: 20, timeout: `${timeout}ms`});
  const base = (name, services, to, fault) => fault
    ? {name, duration: `${15 + fault.seconds + SECONDS_AFTER}s`, services, load: load(to),
      faults: [{...fault.kind, at: "15s", for: `${fault.seconds}s`}]}
    : {name, duration: "60s", services, load: load(to)};
  const slower = Number((capacity / (OVERLOADED * rate)).toFixed(3));
  return {
    "random failures": base("random-failures", {store: service({failures: "10% 500"})}, "store"),
    outage: base("outage", {store: service({})}, "store", {kind: {down: "store"}, seconds: 10}),
    overload: base("overload", {store: service({})}, "store", {kind: {slow: "store", by: slower}, seconds: 20}),
    "deep stack": base("deep-stack", {
      web: {workers: 200, "service-time": "exponential 2ms", calls: "logic", timeout: `${timeout}ms`},
      logic: {workers: 200, "service-time": "exponential 2ms", calls: "store", timeout: `${timeout}ms`},
      store: service({}),
    }, "web", {kind: {errors: "store", ratio: "100%"}, seconds: 10}),
    "rate limit": base("rate-limit", {
      store: service({"rate-limit": `${Math.max(1, Math.round(rate * 0.8))}/s burst ${Math.max(1, Math.round(rate / 5))}`, "retry-after": "1s"}),
    }, "store"),
  };
}

/** Returns what a reader takes from a situation: the command and the file that it names. */
export function exportOf({name}, yaml, policies) {
  return {command: command(`${name}.yaml`, own(policies)), yaml};
}

/** Returns the meaning of a conclusion in the cell of one situation, where runs without its fault decide. */
const IN_SHORT = {
  "gain when calm": "no call saved here; gain when attempts fail by chance",
  "harm when calm": "harm when attempts fail by chance",
};

/**
 * Fills the section; ask sends a request to the engine, policies gives those of the step. What the fields begin with is in values, and
 * keep receives what they are changed to.
 */
export function scorecard(section, ask, policies, values, keep) {
  section.hidden = false;
  const status = element("p", {role: "status", class: "soft"});
  const taken = element("div", {});
  const result = element("div", {class: "scroll whole", tabindex: "0", role: "region", "aria-label": "Scorecard"});
  const inputs = FIELDS.map(({name, state, label, min, max}) => {
    const input = element("input", {id: `card-${name}`, type: "number", value: values[state], min, max, required: ""});
    input.addEventListener("change", () => input.checkValidity() && keep({[state]: Number(input.value)}));
    return {name, input, field: element("div", {class: "field"}, element("label", {for: `card-${name}`}, label), input)};
  });
  const button = element("button", {type: "submit"}, "Compare in five situations");
  const form = element("form", {"aria-label": "Scorecard"}, ...inputs.map(({field}) => field), button);
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const given = Object.fromEntries(inputs.map(({name, input}) => [name, Number(input.value)]));
    const problem = problemOf(given);
    status.classList.toggle("problem", problem !== "");
    for (const {input} of inputs) {
      input.setAttribute("aria-invalid", problem !== "" && input.id === "card-capacity");
    }
    if (problem !== "") {
      result.replaceChildren();
      taken.replaceChildren();
      status.textContent = problem;
      return;
    }
    const all = Object.entries(situations(given));
    const rows = new Map();
    const marks = new Map();
    const exported = [];
    const compared = policies();
    try {
      for (const [index, [situation, scenario]] of all.entries()) {
        status.textContent = `Situation ${index + 1} of ${all.length}: ${situation}`;
        const response = await ask({op: "run", scenario: JSON.stringify(scenario), policies: compared});
        const {yaml} = await ask({op: "print", scenario: JSON.stringify(scenario)});
        exported.push([situation, scenario, exportOf(scenario, yaml, compared)]);
        for (const {policy, results: [figures]} of response.runs) {
          const kind = response.conclusions.find(each => each.policy === policy)?.kind ?? "";
          rows.set(policy, [...(rows.get(policy) ?? []), cell(figures, IN_SHORT[kind] ?? kind)]);
          marks.set(policy, [...(marks.get(policy) ?? []), {situation, kind, fraction: figures.calls ? figures.succeeded / figures.calls : 0}]);
        }
      }
      status.textContent = "Each cell: calls that succeed, attempts for each call, recovery after the fault, and what that is beside no retries.";
      taken.replaceChildren(...exported.map(takeAway));
      result.replaceChildren(element("p", {}, element("b", {}, verdict(marks))), table(all.map(([situation]) => situation), rows));
    } catch (failure) {
      status.textContent = failure.message || "The comparison was replaced by a newer one.";
    }
  });
  section.replaceChildren(element("h3", {}, "Scorecard: choose a policy for your service"), form, status, result, taken);
}

/**
 * Names the reader's policies that do no harm anywhere, and the one that saves most; what harms. The naive loop is there to be compared
 * with: at a low load it does no harm, and it is no choice.
 */
export function verdict(marks) {
  const retrying = [...marks].filter(([policy]) => policy !== "none");
  const harmed = list => list.filter(({kind}) => kind.startsWith("harm")).map(({situation}) => situation);
  const mean = list => list.reduce((sum, {fraction}) => sum + fraction, 0) / list.length;
  const safe = retrying.filter(([policy, list]) => policy !== "naive" && harmed(list).length === 0).sort(([, one], [, other]) => mean(other) - mean(one));
  const harmful = retrying.filter(([, list]) => harmed(list).length > 0)
    .map(([policy, list]) => `${policy} does harm in: ${harmed(list).join(", ")}.`);
  const first = safe.length === 0 ? "Each of your policies does harm in some situation."
    : safe.length === 1 ? `Choose ${safe[0][0]}: of your policies it alone does no harm in any of the five situations.`
      : `Choose ${safe[0][0]}: of those that do no harm in any of the five situations (${safe.map(([policy]) => policy).sort().join(", ")}), most of`
        + " its calls succeed.";
  return [first, ...harmful].join(" ");
}

function takeAway([situation, {name}, {command, yaml}]) {
  const block = (label, content) => element("pre", {tabindex: "0", role: "region", "aria-label": `${label}: ${situation}`}, element("code", {}, content));
  return element("details", {}, element("summary", {}, `Take the situation: ${situation}`), block("Command line", command),
    element("p", {class: "soft"}, `The command reads ${name}.yaml:`), block("Scenario in YAML", yaml));
}

/** Returns the end of a cell: the seconds of recovery, or null if the run has not shown it. */
export function recoveryText(seconds) {
  if (seconds === null || seconds > MAX_RECOVERY_SECONDS) {
    return `, recovery not within ${MAX_RECOVERY_SECONDS} s`;
  }
  return seconds > 0 ? `, recovers in ${seconds} s` : "";
}

function cell({calls, succeeded, amplification, recoverySeconds}, kind) {
  const fraction = calls === 0 ? 0 : 100 * succeeded / calls;
  return [`${fraction.toFixed(1)} %, ${amplification.toFixed(2)}×${recoveryText(recoverySeconds)}`, kind];
}

function table(situations, rows) {
  const head = element("tr", {}, ...["policy", ...situations].map(name => element("th", {scope: "col", class: "left"}, name)));
  const body = [...rows].map(([policy, cells]) => element("tr", {}, element("th", {scope: "row"}, policy),
    ...cells.map(([figures, kind]) => element("td", {class: "left"}, figures, element("br", {}), element("b", {}, kind)))));
  return element("table", {}, element("caption", {}, "Policies in five situations"), element("thead", {}, head),
    element("tbody", {}, ...body));
}
