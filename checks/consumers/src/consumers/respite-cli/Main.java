package consumer;

import java.nio.file.Path;
import java.util.List;

/** Prints: Policy */
final class Main {

    private Main() {}

    /** A program and no library: it runs in a process of its own, with the paths of this one. */
    static void main(String[] args) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String modules = System.getProperty("jdk.module.path");
        List<String> command = modules == null
                ? List.of(java, "-cp", System.getProperty("java.class.path"), "dev.respite.cli.Main", "explain")
                : List.of(java, "-p", modules, "-m", "dev.respite.cli/dev.respite.cli.Main", "explain");
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IllegalStateException("respite explain has ended with " + exit);
        }
    }
}
