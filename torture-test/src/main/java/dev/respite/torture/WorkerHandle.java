package dev.respite.torture;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A worker as its master sees it: it can be killed and started again, and keeps its address. */
final class WorkerHandle implements Closeable {

    private final List<String> args;
    private final Path log;
    private final TcpProxy proxy;
    private volatile RunningWorker running;

    /** One process, whether it has said that it is up, and the breakpoints at which it has said that it stands still. */
    private record RunningWorker(Process process, CountDownLatch ready, BlockingQueue<Step> pauses) {}

    private WorkerHandle(List<String> args, Path log, TcpProxy proxy, RunningWorker running) {
        this.args = args;
        this.log = log;
        this.proxy = proxy;
        this.running = running;
    }

    static WorkerHandle start(List<String> args, Path log) throws IOException {
        TcpProxy proxy = TcpProxy.open("worker-proxy");
        return new WorkerHandle(args, log, proxy, launch(args, log, proxy));
    }

    private static RunningWorker launch(List<String> args, Path log, TcpProxy proxy) throws IOException {
        Process process = JavaProcess.start(log, List.of(), Worker.class.getName(), args);
        RunningWorker running = new RunningWorker(process, new CountDownLatch(1), new LinkedBlockingQueue<>());
        DaemonThreads.named("worker-output")
                .newThread(() -> readOutput(running, proxy))
                .start();
        return running;
    }

    private static void readOutput(RunningWorker running, TcpProxy proxy) {
        try (BufferedReader lines = running.process().inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ControlProtocol.READY)) {
                    proxy.forwardTo(Integer.parseInt(line.substring(ControlProtocol.READY.length())));
                    running.ready().countDown();
                } else if (line.startsWith(ControlProtocol.PAUSED_AT)) {
                    running.pauses().add(Step.valueOf(line.substring(ControlProtocol.PAUSED_AT.length())));
                }
            }
        } catch (IOException gone) {
            return;
        }
    }

    /** Where transfers are posted to, whichever process it is just now. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + proxy.port() + Transfer.PATH);
    }

    /** Waits until it is up; whether it is. */
    boolean isReadyWithin(Duration timeout) throws InterruptedException {
        return running.ready().await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Makes the next thread that comes to a step stand still there. Whether one did in that time; if not, {@link #resume} too. */
    boolean pausesAt(Step step, Duration timeout) throws InterruptedException {
        running.pauses().clear();
        sendCommand(ControlProtocol.PAUSE_AT + step.name());
        return running.pauses().poll(timeout.toMillis(), TimeUnit.MILLISECONDS) != null;
    }

    /** Lets the thread go that stands still. */
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

    /** Cuts the connections between clients and the worker. */
    void resetConnections() {
        proxy.resetConnections();
    }

    /** Kills it, wherever it is. */
    void kill() throws InterruptedException {
        proxy.rejectConnections();
        send(Signal.KILL);
        int unused = running.process().waitFor();
    }

    void restart() throws IOException {
        running = launch(args, log, proxy);
    }

    @Override
    public void close() throws IOException {
        running.process().destroyForcibly();
        proxy.close();
    }
}
