package dev.respite.testsupport;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * The Java blocks of a guide as a reader pastes them into the package of an application that Spring scans: types are files of
 * their own, with the imports of the page, and methods are in a component. So names of beans clash as they do for the reader.
 */
public final class ScannedGuide implements AutoCloseable {

    private static final Pattern TYPE = Pattern.compile("(?m)^(?:public )?(?:class|interface|record|enum) (\\w+)");

    private final Path folder;
    private final String imports;
    private final List<Path> files = new ArrayList<>();
    private final URLClassLoader loader;
    private final ClassLoader loaderBefore = Thread.currentThread().getContextClassLoader();

    private ScannedGuide(Path folder, String imports) throws IOException {
        this.folder = folder;
        this.imports = imports;
        this.loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, loaderBefore);
    }

    /**
     * Compiles all blocks of a page. Until the guide is closed, the calling thread has their class loader.
     *
     * @param page the page
     * @param folder where sources and classes are written
     * @param beans the members of the application class: the beans that the page takes for granted, with full names of types
     * @return the compiled guide
     * @throws IOException if a file cannot be read or written
     */
    public static ScannedGuide compile(Path page, Path folder, String beans) throws IOException {
        String text = Files.readString(page);
        String setup = String.join("\n", blocks(text, "java setup"));
        ScannedGuide guide = new ScannedGuide(
                folder, setup.lines().filter(ScannedGuide::isImport).collect(Collectors.joining("\n")));
        List<String> fields = new ArrayList<>();
        String members = setup.lines().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
        for (String member : members.strip().split("\n\n", -1)) {
            if (TYPE.matcher(member).find()) {
                guide.addType(member);
            } else {
                fields.add(member);
            }
        }
        for (String block : blocks(text, "java")) {
            if (TYPE.matcher(block).find()) {
                guide.addType(block);
            } else {
                guide.addMethods(block, String.join("\n", fields));
            }
        }
        guide.addType("@org.springframework.boot.autoconfigure.SpringBootApplication\npublic class Application {\n"
                + beans + "\n}");
        guide.compile();
        Thread.currentThread().setContextClassLoader(guide.loader);
        return guide;
    }

    /** Returns the class with {@code @SpringBootApplication}. */
    public Class<?> application() throws ClassNotFoundException {
        return type("Application");
    }

    /** Returns a type of the page. */
    public Class<?> type(String name) throws ClassNotFoundException {
        return loader.loadClass("guide." + name);
    }

    @Override
    public void close() throws IOException {
        Thread.currentThread().setContextClassLoader(loaderBefore);
        loader.close();
    }

    private static List<String> blocks(String text, String language) {
        return Pattern.compile("(?s)```" + language + "\n(.*?)\n```")
                .matcher(text)
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    private static boolean isImport(String line) {
        return line.startsWith("import ");
    }

    private void addMethods(String block, String fields) throws IOException {
        String component = block.contains("@Bean")
                ? "org.springframework.context.annotation.Configuration(proxyBeanMethods = false)"
                : "org.springframework.web.bind.annotation.RestController";
        addType("@" + component + "\nclass Block" + files.size() + " {\n" + fields + "\n" + block + "\n}");
    }

    private void addType(String type) throws IOException {
        Matcher begin = TYPE.matcher(type);
        if (!begin.find()) {
            throw new IllegalArgumentException("no type of the top level in " + type);
        }
        Path file = folder.resolve("guide").resolve(begin.group(1) + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "package guide;\n" + imports + "\n" + type + "\n");
        files.add(file);
    }

    private void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options = List.of(
                    "-d",
                    folder.toString(),
                    "-proc:none",
                    "-parameters",
                    "-cp",
                    System.getProperty("java.class.path", ""));
            if (!compiler.getTask(messages, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call()) {
                throw new AssertionError("the page does not compile:\n" + messages);
            }
        }
    }
}
