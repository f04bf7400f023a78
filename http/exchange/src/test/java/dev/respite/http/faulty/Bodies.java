package dev.respite.http.faulty;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Bodies of responses that end, or do not, for tests of clients that buffer them. */
public final class Bodies {

    private static final String HEAD = "HTTP/1.1 200 \r\nContent-Type: text/plain\r\n";

    private Bodies() {}

    /** A fault with the name that a test shows. */
    public record Named(String name, ServerFault fault) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Bodies of at most a length that break off. */
    public static Stream<Named> broken(int max) {
        byte[] zipped = zip(text(max));
        return Stream.of(
                new Named("half", ServerFault.half(200, "begun")),
                new Named("nothing", ServerFault.half(200, "")),
                new Named("half a chunk", line -> {
                    line.write(HEAD + "Transfer-Encoding: chunked\r\n\r\n10\r\nbegun");
                    return false;
                }),
                new Named("no last chunk", ServerFault.halfChunked(200, "begun")),
                new Named("no last chunk at the limit", ServerFault.halfChunked(200, text(max))),
                new Named("reset", line -> {
                    line.write(HEAD + "Content-Length: 100\r\n\r\nbegun");
                    line.pause(50);
                    line.reset();
                    return false;
                }),
                new Named("half compressed", line -> {
                    line.write(HEAD + "Content-Encoding: gzip\r\nContent-Length: " + zipped.length + "\r\n\r\n");
                    line.write(Arrays.copyOf(zipped, zipped.length / 2));
                    return false;
                }));
    }

    /** Returns a text in which each place differs from its neighbours. */
    public static String text(int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(text.length()).append(' ');
        }
        return text.substring(0, length);
    }

    public static Reply gzipped(String body) {
        return Reply.of(200).header("Content-Encoding", "gzip").body(zip(body));
    }

    private static byte[] zip(String body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(body.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    /** A body that pauses after some bytes. */
    public static Pausing pausing(String body, boolean chunked, int after, long millis) {
        return new Pausing(body, chunked, after, millis, true);
    }

    public record Pausing(String body, boolean chunked, int after, long millis, boolean ends) implements ServerFault {

        /** The connection is closed in place of the last chunk. */
        public Pausing withoutEnd() {
            return new Pausing(body, chunked, after, millis, false);
        }

        @Override
        public boolean act(ServerConnection line) throws IOException, InterruptedException {
            line.write(HEAD
                    + (chunked
                            ? "Transfer-Encoding: chunked\r\n\r\n"
                            : "Content-Length: " + body.length() + "\r\n\r\n"));
            write(line, body.substring(0, after));
            line.pause(millis);
            if (after < body.length()) {
                write(line, body.substring(after));
            }
            if (chunked && ends) {
                line.write("0\r\n\r\n");
            }
            return ends;
        }

        private void write(ServerConnection line, String piece) throws IOException {
            line.write(chunked ? Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n" : piece);
        }
    }

    /** Sends events, and stays. */
    public static ServerFault events(String events) {
        return line -> {
            line.write("HTTP/1.1 200 \r\nContent-Type: Text/Event-Stream;charset=utf-8\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(events.length())
                    + "\r\n"
                    + events
                    + "\r\n");
            line.awaitGone();
            return false;
        };
    }

    /** Begins a body, reports that a little later, and stays. */
    public static ServerFault hanging(CompletableFuture<Void> begun) {
        return line -> {
            line.write(HEAD + "Content-Length: 100\r\n\r\nbegun");
            line.pause(100);
            begun.complete(null);
            line.awaitGone();
            return false;
        };
    }

    /** Opens a web socket, and stays. */
    public static ServerFault webSocket() {
        return line -> {
            line.write("HTTP/1.1 101 \r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                    + accept(line.request().values("Sec-WebSocket-Key").get(0)) + "\r\n\r\n");
            line.awaitGone();
            return false;
        };
    }

    private static String accept(String key) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder()
                    .encodeToString(digest.digest(
                            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IOException(missing);
        }
    }
}
