// The conclusion of a step: a line, and the sentences with its figures. The sentences of comparisons are the engine's own; the steps that
// compare nothing have theirs from the figures here. A line of one run has no verdict: a comparison needs the calm runs too.

import {time} from "./chart-kit.js";

const number = new Intl.NumberFormat("en", {maximumFractionDigits: 1});
const rounded = fraction => `${Math.round(100 * fraction)} %`;
const percent = fraction => `${(100 * fraction).toFixed(1)} %`;
const sum = numbers => numbers.reduce((all, each) => all + each, 0);

/** The order of the kinds of conclusions in a line. */
const KINDS = ["harm", "harm when calm", "cost without gain", "not decided", "no difference", "costly gain", "gain when calm", "gain"];

/** Returns {line, rows} of a comparison that has been run, or of the observations of a step without one; a row is [policy, text]. */
export function conclusion(step, {run, transfer}, context) {
  const own = observedOnly(step, transfer, context);
  return own ?? {line: compared(run), rows: run.conclusions.map(({policy, text}) => [policy, text])};
}

/** Returns the line of the runs that have been observed, some of the policies perhaps missing. */
export function coarse(step, transfer, context) {
  const own = observedOnly(step, transfer, context);
  if (own) {
    return own.line;
  }
  const each = context.observations.map(({policy, bins}) => {
    const succeeded = sum(bins.succeeded);
    return `${policy} ${rounded(succeeded / Math.max(1, succeeded + sum(bins.failed)))}`;
  });
  return `One run: ${each.join(", ")} of the calls succeed.`;
}

function observedOnly({conclude}, transfer, context) {
  switch (conclude) {
    case "delays":
      return delays(context.observations[0].calls);
    case "transfer":
      return ofTransfer(transfer);
    case "layers":
      return layers(context.observations.at(-1), context.observations[0]);
    case "herd":
      return herd(context);
    default:
      return undefined;
  }
}

/** The policies of each kind of conclusion, with the calls that succeed, and what they are compared with. */
function compared({runs, conclusions}) {
  const succeeding = new Map(runs.map(({policy, results}) =>
    [policy, `${policy} ${rounded(sum(results.map(({succeeded}) => succeeded)) / Math.max(1, sum(results.map(({calls}) => calls))))}`]));
  const parts = KINDS.map(kind => [kind, conclusions.filter(each => each.kind === kind)]).filter(([, found]) => found.length)
    .map(([kind, found]) => `${kind[0].toUpperCase()}${kind.slice(1)}: ${found.map(({policy}) => succeeding.get(policy)).join(", ")}.`);
  const baseline = conclusions.find(({kind}) => kind === "baseline");
  return `${parts.join(" ")}${baseline ? ` Without retries ${succeeding.get(baseline.policy).replace(`${baseline.policy} `, "")} of calls succeed.` : ""}`;
}

function delays(calls) {
  const sums = calls.map(call => sum(call.delays.map(({delayMs}) => delayMs)));
  const least = Math.min(...sums);
  const greatest = Math.max(...sums);
  const attempts = Math.max(...calls.map(call => call.attempts.length));
  const rows = [["", `${calls.length} calls make ${attempts} attempts each, and their delays add up to ${sums.map(time).join(", ")}.`]];
  return greatest - least < 1
    ? {line: `All calls wait ${time(greatest)}: clients that fail together come back together.`, rows}
    : {line: `The calls wait ${time(least)} to ${time(greatest)}: clients that fail together come back apart.`, rows};
}

/** Compares the calls that begin and end during the fault with those without retries. */
function layers({fault}, none) {
  if (!fault.calls || !none.fault.calls) {
    return {line: "No call begins and ends during the fault.", rows: []};
  }
  const perCall = ({calls, layers}) => layers.at(-1).attempts / calls;
  const factors = fault.layers.map(({calls, attempts}) => number.format(attempts / calls)).join(" × ");
  return {
    line: `One call becomes ${factors} = ${number.format(perCall(fault))} requests at the last service, ${number.format(perCall(none.fault))} without`
      + " retries.",
    rows: [["", `During the fault ${percent(fault.succeeded / fault.calls)} of the calls succeed, and`
      + ` ${percent(none.fault.succeeded / none.fault.calls)} without retries.`]],
  };
}

function herd({observations, capacity, faults}) {
  const {binMs} = observations[0];
  const perBin = capacity * binMs / 1000;
  const end = Math.max(0, ...faults.map(fault => fault.atMs + fault.durationMs));
  const of = ({policy, bins}) => {
    const calls = sum(bins.succeeded) + sum(bins.failed);
    return [policy, `At most ${number.format(Math.max(0, ...bins.retries))} retries within ${binMs} ms, and`
      + ` ${number.format(Math.max(0, ...bins.retries.slice(Math.ceil(end / binMs))))} after the outage.`
      + ` ${number.format(sum(bins.succeeded))} of ${number.format(calls)} calls succeed.`];
  };
  const peaks = observations.map(({policy, bins}) => `${number.format(Math.max(0, ...bins.retries))} with ${policy.replaceAll("-", " ")}`);
  return {
    line: `Most retries in ${binMs} ms: ${peaks.join(", ")}. The server takes ${number.format(perBin)}.`,
    rows: observations.map(of),
  };
}

function ofTransfer({ledger, startBalance, balance, amount, succeeded, attempts, reason}) {
  const times = ledger.filter(entry => entry.amount !== 0).length;
  const made = attempts.length === 1 ? "one attempt" : `${attempts.length} attempts`;
  const rows = [["", `After ${made} ${succeeded ? "the client has its response"
    : `the client has a failure (${reason.toLowerCase().replaceAll("_", " ")})`}, and ${startBalance - balance} has been transferred.`]];
  if (times > 1) {
    return {line: `Harm: the transfer of ${amount} was executed ${times} times.`, rows};
  }
  return succeeded ? {line: "Safe: the transfer was executed once, and the client has its response.", rows}
    : {line: "Unknown: executed once, and the client has no response. It must check before it tries again.", rows};
}
