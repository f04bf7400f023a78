package dev.respite.torture.cluster;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The handle of a worker process. The process can be killed, replaced and restarted; its address stays the same. */
public final class WorkerHandle implements Closeable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    private final Program program;
    private final Path log;
    private final TcpProxy proxy;
    private final Set<Integer> begunEffects = ConcurrentHashMap.newKeySet();
    private volatile int deployment;
    private volatile RunningWorker running;

    /**
     * The program of a worker.
     *
     * @param main the name of the main class
     * @param deployments the arguments of each deployment, from the oldest to the newest
     * @param first the index of the first deployment that runs
     */
    public record Program(String main, List<List<String>> deployments, int first) {}

    /** A worker process, whether it is ready, and the steps at which one of its threads has paused. */
    private record RunningWorker(Process process, CountDownLatch ready, BlockingQueue<Step> pauses) {}

    private WorkerHandle(Program program, Path log, TcpProxy proxy) throws IOException {
        this.program = program;
        this.log = log;
        this.proxy = proxy;
        this.deployment = program.first();
        this.running = launch(program, deployment, log, proxy, begunEffects);
    }

    static WorkerHandle start(Program program, Path log) throws IOException {
        return new WorkerHandle(program, log, TcpProxy.open("worker-proxy"));
    }

    private static RunningWorker launch(
            Program program, int deployment, Path log, TcpProxy proxy, Set<Integer> begunEffects) throws IOException {
        Process process = JavaProcess.start(
                log, List.of(), program.main(), program.deployments().get(deployment));
        RunningWorker running = new RunningWorker(process, new CountDownLatch(1), new LinkedBlockingQueue<>());
        DaemonThreads.start("worker-output", () -> readOutput(running, proxy, begunEffects));
        return running;
    }

    private static void readOutput(RunningWorker running, TcpProxy proxy, Set<Integer> begunEffects) {
        try (BufferedReader lines = running.process().inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ControlProtocol.READY)) {
                    proxy.forwardTo(Integer.parseInt(line.substring(ControlProtocol.READY.length())));
                    running.ready().countDown();
                } else if (line.startsWith(ControlProtocol.PAUSED_AT)) {
                    running.pauses().add(Step.valueOf(line.substring(ControlProtocol.PAUSED_AT.length())));
                } else if (line.startsWith(ControlProtocol.EFFECT_BEGINS)) {
                    begunEffects.add(Integer.valueOf(line.substring(ControlProtocol.EFFECT_BEGINS.length())));
                } else if (line.startsWith(ControlProtocol.EFFECT_FAILED)) {
                    begunEffects.remove(Integer.valueOf(line.substring(ControlProtocol.EFFECT_FAILED.length())));
                }
            }
        } catch (IOException gone) {
            return;
        }
    }

    /** Returns the transfers whose effects have begun in any process of the worker and have not failed. */
    Set<Integer> begunEffects() {
        return begunEffects;
    }

    /** Returns a URI of the worker, which is the same for all its processes. */
    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + proxy.port() + path);
    }

    /** Waits until the process is ready, and returns whether it is. */
    boolean isReadyWithin(Duration timeout) throws InterruptedException {
        return running.ready().await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Pauses the next thread that reaches the step. Returns whether a thread reached it in time. In both cases call {@link
     * #resume} afterwards, unless the process is killed.
     */
    boolean pausesAt(Step step, Duration timeout) throws InterruptedException {
        running.pauses().clear();
        sendCommand(ControlProtocol.PAUSE_AT + step.name());
        return running.pauses().poll(timeout.toMillis(), TimeUnit.MILLISECONDS) != null;
    }

    /** Resumes the paused thread. */
    void resume() {
        sendCommand(ControlProtocol.RESUME);
    }

    private void sendCommand(String line) {
        try {
            OutputStream out = running.process().getOutputStream();
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException dead) {
            return;
        }
    }

    void send(Signal signal) {
        signal.to(running.process().pid());
    }

    /** Resets the connections between clients and the worker. */
    void resetConnections() {
        proxy.resetConnections();
    }

    /** Kills the process with SIGKILL and waits for its end. */
    public void kill() throws InterruptedException {
        proxy.rejectConnections();
        send(Signal.KILL);
        int unused = running.process().waitFor();
    }

    void restart() throws IOException {
        running = launch(program, deployment, log, proxy, begunEffects);
    }

    /** Stops the process in order, kills it if that takes too long, and starts one of the next deployment. */
    void deployNext() throws IOException, InterruptedException {
        proxy.rejectConnections();
        send(Signal.TERM);
        if (!running.process().waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
        }
        deployment = (deployment + 1) % program.deployments().size();
        restart();
    }

    /** Kills the process and starts one of the newest deployment, unless that runs. */
    public void deployNewest() throws IOException, InterruptedException {
        int newest = program.deployments().size() - 1;
        if (deployment != newest) {
            kill();
            deployment = newest;
            restart();
        }
    }

    @Override
    public void close() throws IOException {
        running.process().destroyForcibly().onExit().join();
        proxy.close();
    }
}
