package dev.respite.verification;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Base64;
import java.util.List;

/** As much of {@code curl -i} as the documents use: it sends what they say, and prints what comes, as it comes. */
final class Curl {

    static final String PROGRAM = "curl ";

    private Curl() {}

    /** Sends a command's request to a port of this machine, in place of the command's own port. */
    static String run(String command, int port) throws IOException {
        StringBuilder head = new StringBuilder();
        String body = "";
        String path = "/";
        List<String> arguments = ConsoleSnippet.arguments(command);
        for (int i = 1; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "-i" -> {}
                case "-u" ->
                    head.append("Authorization: Basic ")
                            .append(base64(arguments.get(++i)))
                            .append("\r\n");
                case "-H" -> head.append(arguments.get(++i)).append("\r\n");
                case "-d" -> body = arguments.get(++i);
                default -> path = arguments.get(i).substring(arguments.get(i).indexOf('/'));
            }
        }
        String request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + head
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
        try (Socket socket = new Socket(InetAddress.getByName("localhost"), port)) {
            socket.getOutputStream().write(request.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
