package dev.respite.sim;

import dev.respite.RetryCounts;
import dev.respite.outcome.StopReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What clients did in a run. A process reports it as lines: the attempts, the delays, the calls by their stop reason, and
 * each call.
 *
 * @param calls the calls, all of which have ended
 * @param attempts how many attempts they took
 * @param delays the delays between attempts, all together
 * @param endings calls by the reason for which they ended
 */
record ClientsReport(List<RealCall> calls, long attempts, Duration delays, Map<StopReason, Long> endings) {

    static ClientsReport of(List<RealCall> calls, RetryCounts counts) {
        return new ClientsReport(calls, counts.attempts(), counts.delays(), counts.endings());
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(Long.toString(attempts));
        lines.add(delays.toString());
        lines.add(Integer.toString(endings.size()));
        endings.forEach((reason, number) -> lines.add(reason.name() + " " + number));
        lines.add(Integer.toString(calls.size()));
        calls.forEach(call -> lines.add(call.line()));
        return lines;
    }

    static ClientsReport read(ChildJvm process) throws IOException {
        long attempts = Long.parseLong(process.readLine());
        Duration delays = Duration.parse(process.readLine());
        Map<StopReason, Long> endings = new EnumMap<>(StopReason.class);
        for (int left = Integer.parseInt(process.readLine()); left > 0; left--) {
            String[] ending = process.readLine().split(" ", -1);
            endings.put(StopReason.valueOf(ending[0]), Long.parseLong(ending[1]));
        }
        List<RealCall> calls = new ArrayList<>();
        for (int left = Integer.parseInt(process.readLine()); left > 0; left--) {
            calls.add(RealCall.parse(process.readLine()));
        }
        return new ClientsReport(calls, attempts, delays, endings);
    }

    /** The report of all clients, from those of each process. */
    static ClientsReport join(List<ClientsReport> reports) {
        Map<StopReason, Long> endings = new EnumMap<>(StopReason.class);
        reports.forEach(report -> report.endings.forEach((reason, number) -> endings.merge(reason, number, Long::sum)));
        return new ClientsReport(
                reports.stream().flatMap(report -> report.calls.stream()).toList(),
                reports.stream().mapToLong(ClientsReport::attempts).sum(),
                reports.stream().map(ClientsReport::delays).reduce(Duration.ZERO, Duration::plus),
                endings);
    }

    RetryCounts counts() {
        RetryCounts.BudgetWaits none = new RetryCounts.BudgetWaits(0, Map.of(), Duration.ZERO);
        return new RetryCounts(calls.size(), attempts, endings, Map.of(), List.of(), delays, 0, none, 0);
    }
}
