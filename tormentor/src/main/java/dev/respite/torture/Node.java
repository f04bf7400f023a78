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
final class Node implements Closeable {

    private final List<String> args;
    private final Path log;
    private final Relay front;
    private volatile Life life;

    /** One process, whether it has said that it is up, and the steps at which it has said that it stands still. */
    private record Life(Process process, CountDownLatch up, BlockingQueue<Step> stops) {}

    private Node(List<String> args, Path log, Relay front, Life life) {
        this.args = args;
        this.log = log;
        this.front = front;
        this.life = life;
    }

    static Node start(List<String> args, Path log) throws IOException {
        Relay front = Relay.open("front");
        return new Node(args, log, front, born(args, log, front));
    }

    private static Life born(List<String> args, Path log, Relay front) throws IOException {
        Process process = Jvm.start(log, List.of(), Worker.class.getName(), args);
        Life life = new Life(process, new CountDownLatch(1), new LinkedBlockingQueue<>());
        Daemons.named("ear").newThread(() -> listen(life, front)).start();
        return life;
    }

    private static void listen(Life life, Relay front) {
        try (BufferedReader lines = life.process().inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(Words.READY)) {
                    front.leadTo(Integer.parseInt(line.substring(Words.READY.length())));
                    life.up().countDown();
                } else if (line.startsWith(Words.AT)) {
                    life.stops().add(Step.valueOf(line.substring(Words.AT.length())));
                }
            }
        } catch (IOException gone) {
            return;
        }
    }

    /** Where transfers are posted to, whichever process it is just now. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + front.port() + Transfer.PATH);
    }

    /** Waits until it is up; whether it is. */
    boolean isUpWithin(Duration patience) throws InterruptedException {
        return life.up().await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Makes the next thread that comes to a step stand still there. Whether one did in that time; if not, {@link #go} too. */
    boolean stopsAt(Step step, Duration patience) throws InterruptedException {
        life.stops().clear();
        say(Words.STOP_AT + step.name());
        return life.stops().poll(patience.toMillis(), TimeUnit.MILLISECONDS) != null;
    }

    /** Lets the thread go that stands still. */
    void go() {
        say(Words.GO);
    }

    private void say(String line) {
        try {
            OutputStream out = life.process().getOutputStream();
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException dead) {
            return;
        }
    }

    void send(Signals signal) {
        signal.to(life.process().pid());
    }

    /** Cuts the connections between clients and the worker. */
    void cut() {
        front.cut();
    }

    /** Kills it, wherever it is. */
    void kill() throws InterruptedException {
        front.leadNowhere();
        send(Signals.KILL);
        int unused = life.process().waitFor();
    }

    void startAgain() throws IOException {
        life = born(args, log, front);
    }

    @Override
    public void close() throws IOException {
        life.process().destroyForcibly();
        front.close();
    }
}
