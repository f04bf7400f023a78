package dev.respite.spring.boot;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.loader.launch.JarLauncher;

/** Rule 39 in an executable jar, where the system class loader finds no class of the application. */
class ExecutableJarTest {

    private static final Pattern LIBRARY = Pattern.compile(
            "(respite.*|spring-(core|beans|context|aop|expression|boot|boot-autoconfigure)|micrometer-(commons|observation)"
                    + "|commons-logging|context-propagation|reactor-core|reactive-streams|jspecify)-[0-9].*[.]jar");

    @TempDir
    private Path folder;

    @Test
    void laterAttempts_inAnExecutableJar_haveTheClassLoaderOfTheApplication() throws Exception {
        Path jar = folder.resolve("application.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest())) {
            addLoader(out);
            addClasses(out);
            int number = 0;
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                Path path = Path.of(entry);
                if (Files.isDirectory(path) && path.endsWith("classes")) {
                    store(out, "BOOT-INF/lib/classes-" + number++ + ".jar", jarOf(path));
                } else if (LIBRARY.matcher(path.getFileName().toString()).matches()) {
                    store(out, "BOOT-INF/lib/" + path.getFileName(), Files.readAllBytes(path));
                }
            }
        }
        Path output = folder.resolve("output");
        assertThat(run(jar, output)).as(() -> read(output)).isZero();
        assertThat(output).content().contains("Tested with org.springframework.boot.loader.launch.LaunchedClassLoader");
    }

    private static Manifest manifest() {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, JarLauncher.class.getName());
        attributes.putValue("Start-Class", ExecutableApplication.class.getName());
        attributes.putValue("Spring-Boot-Classes", "BOOT-INF/classes/");
        attributes.putValue("Spring-Boot-Lib", "BOOT-INF/lib/");
        return manifest;
    }

    private static void addLoader(JarOutputStream out) throws Exception {
        Path loader = Path.of(JarLauncher.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (JarFile classes = new JarFile(loader.toFile())) {
            for (JarEntry entry : classes.stream().toList()) {
                if (entry.getName().startsWith("org/") && !entry.isDirectory()) {
                    out.putNextEntry(new JarEntry(entry.getName()));
                    classes.getInputStream(entry).transferTo(out);
                }
            }
        }
    }

    /** The class path has these in a folder with all tests. */
    private static void addClasses(JarOutputStream out) throws Exception {
        Path tests = Path.of(ExecutableApplication.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String name = ExecutableApplication.class.getSimpleName();
        out.putNextEntry(new JarEntry("BOOT-INF/classes/"));
        try (Stream<Path> all = Files.walk(tests)) {
            for (Path file : all.filter(path -> path.getFileName().toString().startsWith(name))
                    .toList()) {
                store(out, "BOOT-INF/classes/" + nameIn(tests, file), Files.readAllBytes(file));
            }
        }
    }

    private static byte[] jarOf(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(bytes);
                Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                store(out, nameIn(folder, file), Files.readAllBytes(file));
            }
        }
        return bytes.toByteArray();
    }

    private static String nameIn(Path folder, Path file) {
        return folder.relativize(file).toString().replace(File.separatorChar, '/');
    }

    /** Spring Boot's loader reads jars within a jar only if they are not compressed. */
    private static void store(JarOutputStream out, String name, byte[] content) throws IOException {
        JarEntry entry = new JarEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        entry.setCrc(checksum.getValue());
        out.putNextEntry(entry);
        out.write(content);
    }

    private static int run(Path jar, Path output) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-jar",
                        jar.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            return process.waitFor(5, MINUTES) ? process.exitValue() : -1;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException broken) {
            return broken.toString();
        }
    }
}
