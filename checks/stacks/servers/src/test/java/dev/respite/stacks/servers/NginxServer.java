package dev.respite.stacks.servers;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An nginx that answers a first attempt with a 503 that has a hint, and any other with 200. It counts its connections. */
final class NginxServer implements TestServer {

    private static final Pattern STATUS =
            Pattern.compile("Active connections: (\\d+).*requests\\s+(\\d+) ", Pattern.DOTALL);

    private static final String CONFIGURATION = """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr warn;
            events {
                worker_connections 1000;
            }
            http {
                access_log off;
                client_body_temp_path temp;
                proxy_temp_path temp;
                fastcgi_temp_path temp;
                uwsgi_temp_path temp;
                scgi_temp_path temp;
                map $http_respite_attempt $first {
                    "" yes;
                    default no;
                }
                server {
                    listen 127.0.0.1:PORT;
                    location = /ok {
                        return 200;
                    }
                    location = /status {
                        stub_status;
                    }
                    location / {
                        if ($first = yes) {
                            add_header Retry-After 2 always;
                            return 503 "unavailable";
                        }
                        return 200 "ok";
                    }
                }
            }
            """;

    private final Process process;
    private final int port;
    /** The connection of the start is one. */
    private int queries = 1;

    private NginxServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static NginxServer start(Path program, Path folder) throws IOException {
        int port = Programs.freePort();
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(configuration, CONFIGURATION.replace("PORT", Integer.toString(port)));
        List<String> command = List.of(program.toString(), "-p", folder.toString(), "-c", configuration.toString());
        return new NginxServer(Programs.start(command, folder.resolve("nginx.log"), port), port);
    }

    @Override
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    /** Without the connection of this query. */
    @Override
    public int openConnections() throws IOException {
        return number(1) - 1;
    }

    /** Without the connections of such queries. */
    @Override
    public int acceptedConnections() throws IOException {
        return number(2) - queries;
    }

    private int number(int group) throws IOException {
        Matcher status = status();
        if (!status.find()) {
            throw new IOException("nginx's status has another form than " + STATUS);
        }
        return Integer.parseInt(status.group(group));
    }

    private Matcher status() throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) uri().resolve("/status").toURL().openConnection();
        connection.setRequestProperty("Connection", "close");
        try (var in = connection.getInputStream()) {
            queries++;
            return STATUS.matcher(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
