package dev.respite.sim;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The clients of a scenario in several processes, each with an equal share of them. */
final class FleetProcesses implements Closeable {

    private final List<ChildJvm> processes;

    FleetProcesses(List<ChildJvm> processes) {
        this.processes = List.copyOf(processes);
    }

    /** Waits until the warm-up of each has ended. */
    void awaitReady() throws IOException {
        for (ChildJvm process : processes) {
            String line = process.readLine();
            if (!line.equals(FleetProcess.READY)) {
                throw new IOException(
                        "a process of clients printed '" + line + "', expected '" + FleetProcess.READY + "'");
            }
        }
    }

    void begin(Start start) {
        processes.forEach(process -> process.send(start.order()));
    }

    /** Waits until all calls have ended. */
    ClientsReport report() throws IOException {
        List<ClientsReport> reports = new ArrayList<>();
        for (ChildJvm process : processes) {
            reports.add(ClientsReport.read(process));
        }
        return ClientsReport.join(reports);
    }

    /** Closes the standard input of each, as the end of this process does, and returns whether all ended in that time. */
    boolean endsWithItsInput(Duration limit) throws IOException, InterruptedException {
        boolean all = true;
        for (ChildJvm process : processes) {
            all &= process.endsWithItsInput(limit);
        }
        return all;
    }

    @Override
    public void close() {
        processes.forEach(ChildJvm::close);
    }
}
