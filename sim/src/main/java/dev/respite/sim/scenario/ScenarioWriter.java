package dev.respite.sim.scenario;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import java.util.Locale;
import java.util.OptionalInt;

/** Writes scenarios as {@link ScenarioFile} reads them: defaults are left out. */
final class ScenarioWriter {

    /** A text that means the same in YAML without quotes: no colon, no comment and no space at its end. */
    private static final String PLAIN = "[A-Za-z](?:[A-Za-z0-9_.=/%, -]*[A-Za-z0-9_.=/%,-])?";

    private final StringBuilder yaml = new StringBuilder();

    private ScenarioWriter() {}

    static String yaml(Scenario scenario) {
        ScenarioWriter writer = new ScenarioWriter();
        writer.entry("", "name", token(scenario.name()));
        writer.entry("", "duration", Formats.time(scenario.duration()));
        writer.network(scenario.network());
        writer.section("", "services");
        scenario.services().values().forEach(writer::service);
        writer.load(scenario.load());
        if (!scenario.faults().isEmpty()) {
            writer.section("", "faults");
            scenario.faults().forEach(writer::fault);
        }
        return writer.yaml.toString();
    }

    private void network(Network network) {
        if (!network.equals(Network.NONE)) {
            section("", "network");
            entry("  ", "latency", network.latency());
            entryIf(network.loss() > 0, "  ", "loss", Formats.percent(network.loss()));
        }
    }

    private void service(Service service) {
        Work work = service.work();
        Admission admission = service.admission();
        String indent = "    ";
        section("  ", token(service.name()));
        entryIf(service.replicas() > 1, indent, "replicas", service.replicas());
        entry(indent, "workers", work.workers());
        entry(indent, "service-time", work.time());
        entryIf(
                !work.cold().isZero(),
                indent,
                "slow-start",
                Formats.number(work.coldFactor()) + " " + Formats.time(work.cold()));
        entryIf(admission.queue() != Service.UNLIMITED, indent, "queue", admission.queue());
        service.refuseRetries().ifPresent(limit -> entry(indent, "refuse-retries", Formats.time(limit)));
        admission
                .rateLimit()
                .ifPresent(rate -> entry(indent, "rate-limit", Formats.number(rate) + "/s burst " + admission.burst()));
        admission.retryAfter().ifPresent(hint -> entry(indent, "retry-after", Formats.time(hint)));
        OptionalInt status = work.failureStatus();
        entryIf(
                work.failureRatio() > 0 || !status.equals(Work.DEFAULT.failureStatus()),
                indent,
                "failures",
                Formats.percent(work.failureRatio()) + " "
                        + (status.isPresent() ? Integer.toString(status.getAsInt()) : "timeout"));
        service.downstream().ifPresent(next -> {
            entry(indent, "calls", token(next.to()));
            next.timeout().ifPresent(limit -> entry(indent, "timeout", Formats.time(limit)));
            next.policy().ifPresent(policy -> policy(indent, service.name(), policy));
            entryIf(next.sharedBudget(), indent, "budget", "shared");
        });
    }

    /** Writes a policy with all its values. One that has a part in code is refused, as a file cannot say it. */
    private void policy(String indent, String owner, RetryPolicy policy) {
        String text = policy.toString();
        if (!isReadBack(text, policy)) {
            throw new InvalidScenarioException(
                    "policy of '" + ValueFormat.shortened(owner) + "': " + ValueFormat.shortened(text)
                            + ": a part of it is written in code, which a file cannot say; use a policy of RetryPolicy.parse");
        }
        entry(indent, "policy", token(text));
    }

    private static boolean isReadBack(String text, RetryPolicy policy) {
        try {
            return RetryPolicy.parse(text).equals(policy);
        } catch (InvalidPolicyException inCode) {
            return false;
        }
    }

    private void load(Load load) {
        section("", "load");
        entry("  ", "to", token(load.to()));
        // Only a group that stands in the list can call another service.
        if (load.hasGroups() || load.groups().get(0).to().isPresent()) {
            section("  ", "groups");
            for (ClientGroup group : load.groups()) {
                item("    ", "name", token(group.name()));
                group.to().ifPresent(to -> entry("      ", "to", token(to)));
                group("      ", group);
            }
        } else {
            group("  ", load.groups().get(0));
        }
        load.breaker().ifPresent(breaker -> entry("  ", "breaker", breaker));
        load.timeout().ifPresent(limit -> entry("  ", "timeout", Formats.time(limit)));
        load.hedge().ifPresent(delay -> entry("  ", "hedge", Formats.time(delay)));
    }

    private void group(String indent, ClientGroup group) {
        entry(indent, "arrivals", token(group.arrivals().toString()));
        entryIf(group.clients() != group.arrivals().clients(), indent, "clients", group.clients());
        entryIf(group.isInTurn(), indent, "clients-order", "turn");
        entryIf(group.sharedBudget(), indent, "budget", "shared");
        entryIf(!group.sendsAttemptNumber(), indent, "attempt-number", false);
        group.policy().ifPresent(policy -> policy(indent, group.name(), policy));
    }

    private void fault(Fault fault) {
        String indent = "    ";
        item("  ", fault.kind().toString(), token(fault.service()));
        boolean isFactor = fault.kind() == Fault.Kind.SLOW;
        String degree = isFactor ? Formats.number(fault.degree()) : Formats.percent(fault.degree());
        fault.kind().degreeKey().ifPresent(key -> entry(indent, key, degree));
        fault.replica().ifPresent(replica -> entry(indent, "replica", replica));
        entryIf(!fault.at().isZero(), indent, "at", Formats.time(fault.at()));
        entry(indent, "for", Formats.time(fault.duration()));
        entryIf(!fault.ramp().isZero(), indent, "ramp", Formats.time(fault.ramp()));
    }

    private void section(String indent, String name) {
        yaml.append(indent).append(name).append(":\n");
    }

    private void entry(String indent, String key, Object value) {
        yaml.append(indent).append(key).append(": ").append(value).append('\n');
    }

    private void entryIf(boolean isUnusual, String indent, String key, Object value) {
        if (isUnusual) {
            entry(indent, key, value);
        }
    }

    private void item(String indent, String key, String value) {
        entry(indent + "- ", key, value);
    }

    /** A name or another text: as it is, or in double quotes if YAML could take it for something else. */
    private static String token(String name) {
        if (name.matches(PLAIN)) {
            return name;
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
