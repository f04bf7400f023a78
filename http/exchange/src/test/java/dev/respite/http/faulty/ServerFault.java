package dev.respite.http.faulty;

import java.io.IOException;

/** What a {@link FaultyServer} does with one request: answers it, or not, or not quite. */
@FunctionalInterface
public interface ServerFault {

    /** Acts, and returns whether the connection can be used again. */
    boolean act(ServerConnection line) throws IOException, InterruptedException;

    /** Whether the request is read before. */
    default boolean readsRequest() {
        return true;
    }

    /** Resets the connection as soon as it is there. */
    static ServerFault resetAtOnce() {
        return unread(line -> {
            line.reset();
            return false;
        });
    }

    /** Resets the connection when a request has begun to come, and reads nothing of it. */
    static ServerFault resetUnread() {
        return unread(line -> {
            line.awaitByte();
            line.reset();
            return false;
        });
    }

    /** Sends bytes that are not HTTP, and stays until the client closes: closing first could reset those bytes. */
    static ServerFault babble(String text) {
        return unread(line -> {
            line.write(text);
            line.awaitGone();
            return false;
        });
    }

    /** Reads the request, then resets the connection. */
    static ServerFault reset() {
        return line -> {
            line.reset();
            return false;
        };
    }

    /** Reads the request, then closes the connection. */
    static ServerFault close() {
        return line -> false;
    }

    /** Reads the request, sends this beginning of a head and closes the connection. */
    static ServerFault cutHead(String beginning) {
        return line -> {
            line.write(beginning);
            return false;
        };
    }

    /** Reads the request and never responds. */
    static ServerFault hang() {
        return line -> {
            line.awaitGone();
            return false;
        };
    }

    /** Sends the headers and the first bytes of a body, and then nothing more. */
    static ServerFault hangInBody(int status, String beginning) {
        return line -> {
            line.write(head(status) + "Content-Length: 100\r\n\r\n" + beginning);
            line.awaitGone();
            return false;
        };
    }

    /** Sends the headers and the first bytes of a body of a million, then nothing, for ever. */
    static ServerFault hangInLongBody(int status, String beginning) {
        return line -> {
            line.write(head(status) + "Content-Length: 1000000\r\n\r\n" + beginning);
            line.awaitGone();
            return false;
        };
    }

    /** Sends chunks of a byte each. */
    static ServerFault dripChunked(int status, String body, long millis) {
        return line -> {
            line.write(head(status) + "Transfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < body.length(); i++) {
                line.pause(millis);
                line.write("1\r\n" + body.charAt(i) + "\r\n");
            }
            line.write("0\r\n\r\n");
            return true;
        };
    }

    /** Declares a million bytes, sends fewer and closes the connection. */
    static ServerFault longHalf(int status, String beginning) {
        return line -> {
            line.write(head(status) + "Content-Length: 1000000\r\n\r\n" + beginning);
            return false;
        };
    }

    /** Announces 100 bytes, sends fewer and closes the connection. */
    static ServerFault half(int status, String beginning) {
        return line -> {
            line.write(head(status) + "Content-Length: 100\r\n\r\n" + beginning);
            return false;
        };
    }

    /** Sends a chunk without the last chunk after it, and closes the connection. */
    static ServerFault halfChunked(int status, String chunk) {
        return line -> {
            line.write(head(status) + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(chunk.length())
                    + "\r\n" + chunk + "\r\n");
            return false;
        };
    }

    /** Sends the head of a response byte by byte. */
    static ServerFault dripHead(int status, long millis) {
        return line -> {
            for (char c : (head(status) + "Content-Length: 0\r\n\r\n").toCharArray()) {
                line.pause(millis);
                line.write(String.valueOf(c));
            }
            return true;
        };
    }

    /** Sends a body byte by byte. */
    static ServerFault drip(int status, String body, long millis) {
        return line -> {
            line.write(head(status) + "Content-Length: " + body.length() + "\r\n\r\n");
            for (int i = 0; i < body.length(); i++) {
                line.pause(millis);
                line.write(body.substring(i, i + 1));
            }
            return true;
        };
    }

    private static String head(int status) {
        return "HTTP/1.1 " + status + " \r\n";
    }

    private static ServerFault unread(ServerFault fault) {
        return new ServerFault() {
            @Override
            public boolean act(ServerConnection line) throws IOException, InterruptedException {
                return fault.act(line);
            }

            @Override
            public boolean readsRequest() {
                return false;
            }
        };
    }
}
