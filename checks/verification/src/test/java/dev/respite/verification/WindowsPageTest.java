package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The commands for Windows in {@code docs/getting-started.md} build and start what the script {@code respite} does. */
class WindowsPageTest {

    private static final Pattern MAIN = Pattern.compile("(?m)^ +program=demo\\n +main=(\\S+)$");
    private static final Pattern PROPERTY = Pattern.compile("(?<=[' ])-Djdk\\.\\S+?=\\S+?(?=[' ])");
    private static final Pattern BUILD = Pattern.compile("exec \\./mvnw -B (-Dquick -pl (\\S+) -am package)");
    private static final Pattern JAR = Pattern.compile("cp \"\\$home/(\\S+?\\.jar)\"");

    /** The script, as it is for all commands but the lab. */
    private final String script = Files.readString(Snippet.ROOT.resolve("respite"))
            .replace("\"tools/$program\"", "tools/demo")
            .replace("$program", "demo");

    private final List<String> commands = Snippet.in(Snippet.ROOT.resolve("docs/getting-started.md")).stream()
            .map(Snippet::text)
            .filter(text -> text.startsWith("mvnw.cmd "))
            .flatMap(String::lines)
            .toList();

    WindowsPageTest() throws IOException {}

    @Test
    void firstCommand_buildsTheSameModule() {
        assertThat(commands.get(0)).isEqualTo("mvnw.cmd -q " + found(BUILD, 1));
    }

    @Test
    void secondCommand_startsTheSameProgram() {
        String command = commands.get(1);
        String jar = found(JAR, 1).replace('/', '\\');
        String module = found(BUILD, 2).replace('/', '\\');
        assertThat(jar).startsWith(module + "\\");
        assertThat(command).contains("\"" + jar + ";" + module + "\\target\\quick\\lib\\*\" " + found(MAIN, 1) + " ");
    }

    @Test
    void secondCommand_hasTheSameProperties() {
        List<String> properties =
                PROPERTY.matcher(script).results().map(MatchResult::group).toList();
        assertThat(properties).isNotEmpty();
        assertThat(PROPERTY.matcher(commands.get(1)).results().map(MatchResult::group))
                .containsExactlyElementsOf(properties);
    }

    private String found(Pattern pattern, int group) {
        return pattern.matcher(script).results().findFirst().orElseThrow().group(group);
    }
}
