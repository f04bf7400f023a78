package consumer;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads and initializes every class of one artifact, with the types of its members, then runs the consumer's own program.
 *
 * <p>Properties: {@code artifact}, its jar or folder of classes; {@code optional}, a regular expression for the classes that
 * need an optional dependency, which are left out.
 */
final class LoadEveryClass {

    private LoadEveryClass() {}

    public static void main(String[] args) throws Exception {
        Path artifact = Path.of(System.getProperty("artifact"));
        int loaded;
        if (Files.isDirectory(artifact)) {
            loaded = load(artifact);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(artifact)) {
                loaded = load(jar.getPath("/"));
            }
        }
        System.out.println(loaded + " classes loaded");
        Main.main(args);
    }

    private static int load(Path root) throws Exception {
        List<String> names = names(root);
        for (String name : names) {
            if (!name.matches(System.getProperty("optional"))) {
                load(name);
            }
        }
        return names.size();
    }

    private static void load(String name) throws ClassNotFoundException {
        Class<?> type = Class.forName(name, true, LoadEveryClass.class.getClassLoader());
        if (type.getModule().isNamed() != LoadEveryClass.class.getModule().isNamed()) {
            throw new IllegalStateException(name + " is on the other path than its consumer");
        }
        type.getDeclaredMethods();
        type.getDeclaredConstructors();
        type.getDeclaredFields();
    }

    private static List<String> names(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> file.endsWith(".class"))
                    .filter(file -> !file.endsWith("module-info.class") && !file.startsWith("META-INF/"))
                    .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
    }
}
