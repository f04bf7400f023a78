package dev.respite.stacks.servers;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
    private int queries;

    private NginxServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Where the program is, if it is installed. */
    static Optional<Path> find() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(File.pathSeparator, -1)), Stream.of("/usr/sbin"))
                .map(folder -> Path.of(folder, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static NginxServer start(Path program, Path folder) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(configuration, CONFIGURATION.replace("PORT", Integer.toString(port)));
        Process process = new ProcessBuilder(
                        program.toString(), "-p", folder.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.log").toFile())
                .start();
        NginxServer server = new NginxServer(process, port);
        await().atMost(Duration.ofSeconds(10)).until(server::isServing);
        return server;
    }

    private boolean isServing() {
        try {
            return status().find();
        } catch (IOException notYet) {
            if (!process.isAlive()) {
                throw new IllegalStateException("nginx has ended with status " + process.exitValue(), notYet);
            }
            return false;
        }
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
