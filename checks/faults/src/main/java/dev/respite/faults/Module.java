package dev.respite.faults;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A module as the build has described it.
 *
 * @param path its folder, from the root of the checkout
 * @param artifact its artifact
 * @param classes the folder of its classes
 * @param tests the folder of the classes of its tests
 * @param classPath what its tests see
 * @param properties the system properties of its tests
 */
record Module(
        String path, String artifact, Path classes, Path tests, List<Path> classPath, Map<String, String> properties) {

    private static final String PROPERTY = "property.";

    /** All modules with tests, by their folders. */
    static Map<String, Module> all(Path descriptions) throws IOException {
        Map<String, Module> modules = new HashMap<>();
        try (Stream<Path> files = Files.list(descriptions)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".properties"))
                    .toList()) {
                Module module = read(file);
                modules.put(module.path(), module);
            }
        }
        return modules;
    }

    private static Module read(Path file) throws IOException {
        Properties run = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            run.load(reader);
        }
        Map<String, String> properties = new TreeMap<>();
        for (String name : run.stringPropertyNames()) {
            if (name.startsWith(PROPERTY)) {
                properties.put(name.substring(PROPERTY.length()), run.getProperty(name));
            }
        }
        return new Module(
                run.getProperty("path"),
                run.getProperty("artifact"),
                Path.of(run.getProperty("classes")),
                Path.of(run.getProperty("tests")),
                Stream.of(run.getProperty("classPath").split(File.pathSeparator))
                        .map(Path::of)
                        .toList(),
                properties);
    }
}
