package dev.respite.stacks.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The processes of consumers: started, killed, frozen. */
final class Consumers implements AutoCloseable {

    private final String brokers;
    private final String url;
    private final Path folder;
    private final Map<String, Process> running = new LinkedHashMap<>();
    private final List<Path> logs = new ArrayList<>();

    Consumers(String brokers, String url, Path folder) {
        this.brokers = brokers;
        this.url = url;
        this.folder = folder;
    }

    /** Starts a consumer and returns its name, which is also its client id. */
    String start(String group) throws IOException {
        String name = group + "-" + logs.size();
        Path log = folder.resolve(name);
        logs.add(log);
        running.put(name, ConsumerProcess.start(brokers, url, group, log));
        return name;
    }

    /** {@code kill -9}. */
    void kill(String name) throws InterruptedException {
        running.remove(name).destroyForcibly().waitFor();
    }

    void freeze(String name) throws IOException, InterruptedException {
        signal("-STOP", name);
    }

    void thaw(String name) throws IOException, InterruptedException {
        signal("-CONT", name);
    }

    private void signal(String signal, String name) throws IOException, InterruptedException {
        long id = running.get(name).pid();
        int exit =
                new ProcessBuilder("kill", signal, String.valueOf(id)).start().waitFor();
        if (exit != 0) {
            throw new IllegalStateException("kill " + signal + " " + id + " has ended with " + exit);
        }
    }

    ConsumerLog log(String name) throws IOException {
        return ConsumerLog.read(folder.resolve(name));
    }

    /** The number of records with a result, in all processes. */
    long count(String result) throws IOException {
        long count = 0;
        for (Path log : logs) {
            count += ConsumerLog.read(log).count(result);
        }
        return count;
    }

    /** Returns true, or throws if a consumer has ended by itself. */
    boolean isEachRunning() throws IOException {
        for (Map.Entry<String, Process> each : running.entrySet()) {
            if (!each.getValue().isAlive()) {
                throw new IllegalStateException("consumer " + each.getKey() + " has ended: "
                        + Files.readString(folder.resolve(each.getKey() + ".out")));
            }
        }
        return true;
    }

    @Override
    public void close() throws InterruptedException {
        for (Process process : running.values()) {
            process.destroyForcibly().waitFor();
        }
    }
}
