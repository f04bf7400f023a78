// Defaults of other libraries as policy texts, by name: {name, version, source, gap, text}. The text approximates them, and "gap" names
// the rest.

/** Most libraries have no choice of errors, no total timeout, no budget, no hints, and no suppression in nested calls. */
const PLAIN = "retry-on=any total-timeout=off budget=off retry-after=ignore nested=retry";

export const PRESETS = [
  {name: "Respite", version: "this version", source: "docs/policies.md", gap: "nothing", text: ""},
  {name: "Resilience4j", version: "2.4", source: "RetryConfig.ofDefaults()", gap: "an Error is not retried there, and never here",
    text: `max-attempts=3 backoff=fixed base-delay=500ms jitter=none ${PLAIN}`},
  {name: "Spring", version: "Framework 7.0", source: "RetryPolicy.withDefaults()", gap: "the RetryException at the end",
    text: `max-attempts=4 backoff=fixed base-delay=1s jitter=none ${PLAIN}`},
  {name: "Polly", version: "8", source: "RetryStrategyOptions", gap: "the exemption of OperationCanceledException",
    text: `max-attempts=4 backoff=fixed base-delay=2s jitter=none ${PLAIN}`},
  {name: ".NET 11", version: "preview", source: "AddStandardResilienceHandler, and the preview of its retry budget",
    gap: "its rate limiter and its breaker; 10 % of successes stand for its budget, which is 10 % of the requests in 10 s, and at least 10",
    text: "max-attempts=4 backoff=decorrelated base-delay=2s total-timeout=30s attempt-timeout=10s budget=10% nested=retry"},
  {name: "AWS", version: "standard mode 2.1, 2026", source: "AWS SDKs, retry behavior",
    gap: "its limit of a hint, which is 5 s beyond the backoff, and the backoff of long polling", text: "preset=aws-standard-2.1"},
  {name: "AWS, before 2026", version: "standard mode 2.0", source: "AWS SDKs, retry behavior", gap: "the backoff of long polling",
    text: "preset=aws-standard-2.0"},
  {name: "gRPC", version: "proposal A6", source: "gRFC A6, client retries", gap: "jitter after the cap: here max-delay limits the result",
    text: "preset=grpc"},
  {name: "The course", version: "of this project", source: "docs/course.md", gap: "jitter after the cap: here max-delay limits the result",
    text: "preset=course"},
];

/** Returns the preset with a text, if there is one. */
export function presetOf(text) {
  return PRESETS.find(preset => preset.text === text.trim());
}

/** Returns the line with the version and the source of a preset, and its gap. */
export function about({version, source, gap}) {
  return `Version: ${version}. Source: ${source}. Not expressed: ${gap}.`;
}
