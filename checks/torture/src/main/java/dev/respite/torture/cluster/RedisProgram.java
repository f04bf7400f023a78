package dev.respite.torture.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import redis.embedded.core.ExecutableProvider;

/**
 * Redis or Valkey with full durability.
 *
 * @param program the program
 * @param data the directory for the data and the log
 */
record RedisProgram(Path program, Path data) implements StoreServer.Program {

    private static final int TIMEOUT_MILLIS = 1_000;

    /** Returns the Redis of the build, or the installed program of Redis or Valkey. */
    static RedisProgram of(Path home, Optional<Path> installed) throws IOException {
        Path program = installed.isPresent()
                ? installed.get()
                : ExecutableProvider.newJarResourceProvider().get().toPath();
        return new RedisProgram(program, Files.createDirectory(home.resolve("redis")));
    }

    @Override
    public Process launch(int port) throws IOException {
        return StoreServer.process(
                data.resolve("redis.log"),
                List.of(
                        program.toString(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--dir",
                        data.toString(),
                        "--save",
                        "",
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "always"));
    }

    /** A server that still loads its data rejects the command. */
    @Override
    public boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public String url(int port) {
        return "redis://127.0.0.1:" + port;
    }
}
