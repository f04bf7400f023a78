package dev.respite.lab.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code respite lab} as a process, with a page that is there already: nothing is compiled but where a test interrupts that. */
class LabTest {

    private static final int INTERRUPTED = 130;
    private static final int TERMINATED = 143;
    private static final int SIGINT = 2;

    @TempDir
    private Path folder;

    private Path kept;

    private record Ended(int code, String output) {}

    @BeforeEach
    void keep() throws IOException {
        kept = folder.resolve("home").resolve("site");
        FakeSite.write(kept);
    }

    @Test
    void out_newFolder_hasAllFiles() throws Exception {
        Path out = folder.resolve("new").resolve("lab");

        Ended ended = run("--out", out.toString());

        assertThat(ended.code()).isZero();
        assertThat(ended.output())
                .contains(SiteFolder.names().size() + " files")
                .contains(out.toString())
                .contains("application/wasm");
        assertSame(out);
    }

    @Test
    void out_folderOfALab_isReplaced() throws Exception {
        Path out = folder.resolve("lab");
        FakeSite.write(out);
        Files.writeString(out.resolve("lab.js"), "old");

        assertThat(run("--out", out.toString()).code()).isZero();
        assertSame(out);
    }

    @Test
    void out_folderWithOtherFiles_isRefusedAndLeft() throws Exception {
        Path out = Files.createDirectory(folder.resolve("mine"));
        Files.writeString(out.resolve("thesis.txt"), "years");

        Ended ended = run("--out", out.toString());

        assertThat(ended.code()).isEqualTo(23);
        assertThat(ended.output()).contains(out.toString()).contains("name a new or an empty directory");
        assertThat(files(out)).containsExactly("thesis.txt");
        assertThat(out.resolve("thesis.txt")).hasContent("years");
    }

    @Test
    void out_file_isRefusedAndLeft() throws Exception {
        Path out = Files.writeString(folder.resolve("thesis.txt"), "years");

        Ended ended = run("--out", out.toString());

        assertThat(ended.code()).isEqualTo(23);
        assertThat(ended.output()).contains("it is not a directory");
        assertThat(out).hasContent("years");
    }

    @Test
    void port_outOfRange_isRefused() throws Exception {
        Ended ended = run("--no-open", "--port", "70000");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.output())
                .isEqualToIgnoringNewLines("respite: --port 70000: expected a number from 0 to 65535");
    }

    @Test
    void port_noNumber_isRefused() throws Exception {
        Ended ended = run("--port", "http");

        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.output())
                .contains("'http'")
                .contains("respite lab --help")
                .doesNotContain("\tat ");
    }

    @Test
    void port_taken_isRefused() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = run("--no-open", "--port", String.valueOf(other.getLocalPort()));

            assertThat(ended.code()).isEqualTo(64);
            assertThat(ended.output()).contains("port " + other.getLocalPort() + " is taken");
        }
    }

    @Test
    void port_leftOutWhileTheDefaultIsTaken_isAnother() throws Exception {
        try (ServerSocket other = takeDefaultPort()) {
            Process lab = start("--no-open");
            try (BufferedReader output = lab.inputReader()) {
                assertThat(address(output).getPort()).isNotEqualTo(Lab.DEFAULT_PORT);
                assertThat(output.readLine())
                        .contains("port " + Lab.DEFAULT_PORT + " is taken")
                        .contains("docs/course.md");
            } finally {
                lab.destroyForcibly().waitFor();
            }
            assertThat(other).isNotNull();
        }
    }

    /** Another program may have it already: that is as good. */
    private static ServerSocket takeDefaultPort() throws IOException {
        try {
            return new ServerSocket(Lab.DEFAULT_PORT, 1, InetAddress.getLoopbackAddress());
        } catch (BindException taken) {
            return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        }
    }

    @Test
    void interrupt_whileItServes_endsItAndLeavesNothing() throws Exception {
        Process lab = start("--no-open", "--port", "0");
        try (BufferedReader output = lab.inputReader()) {
            URI address = address(output);
            try (Socket connection = new Socket()) {
                connection.connect(new InetSocketAddress(address.getHost(), address.getPort()), 10_000);
            }
            interrupt(lab);
            assertThat(files(kept.getParent())).containsExactly("site");
            assertSame(kept);
        } finally {
            lab.destroyForcibly().waitFor();
        }
    }

    @Test
    void interrupt_whileItCompiles_leavesNothing() throws Exception {
        Files.delete(kept.resolve("engine.wasm"));
        List<String> before = files(kept);
        Process lab = start("--no-open", "--port", "0");
        try (BufferedReader output = lab.inputReader()) {
            assertThat(output.readLine()).contains("compiling the engine");
            assertThat(files(kept.getParent())).hasSize(2);
            interrupt(lab);
            assertThat(files(kept.getParent())).containsExactly("site");
            assertThat(files(kept)).isEqualTo(before);
        } finally {
            lab.destroyForcibly().waitFor();
        }
    }

    private static URI address(BufferedReader output) throws IOException {
        String line = output.readLine();
        assertThat(line).startsWith("respite: the lab is at http://127.0.0.1:").endsWith("/ (Ctrl-C ends it)");
        return URI.create(line.replaceAll(".*(http://\\S+).*", "$1"));
    }

    /** A process that is started in the background of a script inherits that SIGINT is ignored; then SIGTERM is sent. */
    private static boolean ignoresInterrupt(Process process) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return false;
        }
        String mask = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\D*:\\s*", "");
        return (Long.parseUnsignedLong(mask, 16) >> (SIGINT - 1) & 1) == 1;
    }

    private static void interrupt(Process lab) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "no process is interrupted: there is no /bin/kill");
        boolean isIgnored = ignoresInterrupt(lab);
        assertThat(new ProcessBuilder("/bin/kill", isIgnored ? "-TERM" : "-INT", String.valueOf(lab.pid()))
                        .start()
                        .waitFor())
                .isZero();
        assertThat(lab.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(lab.exitValue()).isEqualTo(isIgnored ? TERMINATED : INTERRUPTED);
    }

    private void assertSame(Path out) throws IOException {
        assertThat(files(out)).isEqualTo(SiteFolder.names());
        for (String name : SiteFolder.names()) {
            assertThat(out.resolve(name)).hasSameBinaryContentAs(reference().resolve(name));
        }
    }

    private Path reference() throws IOException {
        Path reference = folder.resolve("reference");
        FakeSite.write(reference);
        return reference;
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private Ended run(String... options) throws Exception {
        Process lab = start(options);
        try {
            String output = new String(lab.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(lab.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return new Ended(lab.exitValue(), output);
        } finally {
            lab.destroyForcibly().waitFor();
        }
    }

    private Process start(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Drespite.lab.site=" + kept,
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                Lab.class.getName()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
