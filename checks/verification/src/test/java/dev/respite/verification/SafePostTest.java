package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.call.Polling;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page for owners of an API is true: its bank is started, and its curls receive what stands below them. */
class SafePostTest {

    private static final Path PAGE = Snippet.ROOT.resolve("docs/safe-post.md");

    /** Another database than that of the page, whose bank the test of all blocks starts too. */
    private static final String DATABASE = "safe-post";

    @TempDir
    Path folder;

    @Test
    void everyCurl_getsWhatThePageSays() throws Exception {
        List<Snippet> blocks = Snippet.in(PAGE);
        int port = startBank(blocks);
        List<String[]> curls = curls(blocks);
        assertThat(curls).hasSize(4);
        for (String[] curl : curls) {
            boolean isBusy = curl[1].contains("409");
            assertSame(isBusy ? whileAnotherIsAtIt(curl[0], port) : Curl.run(curl[0], port), curl[1]);
        }
        assertThat(number("SELECT balance FROM account WHERE owner = 'bob'"))
                .as("the two keys that were used, 100 each")
                .isEqualTo(200);
    }

    /** The first block with a server, which prints its address. */
    private int startBank(List<Snippet> blocks) throws Exception {
        Snippet bank = blocks.stream()
                .filter(block -> block.language().equals("java"))
                .findFirst()
                .orElseThrow();
        String text = bank.text().replace("mem:bank", "mem:" + DATABASE);
        String printed = SnippetRunner.printed(bank.withText(text), folder).strip();
        return Integer.parseInt(printed.substring(printed.lastIndexOf(' ') + 1));
    }

    /** Commands, and what they print. */
    private static List<String[]> curls(List<Snippet> blocks) {
        List<String[]> curls = new ArrayList<>();
        for (Snippet block : blocks) {
            if (block.language().equals("console")) {
                String[] parts = block.text().split("\n", 2);
                curls.add(new String[] {parts[0].substring("$ ".length()), parts[1]});
            }
        }
        return curls;
    }

    /** Sends it twice: the first has claimed its key, and waits for an account that we have locked. */
    private static String whileAnotherIsAtIt(String curl, int port) throws Exception {
        CompletableFuture<String> first;
        String second;
        try (Connection held = connect();
                Statement sql = held.createStatement()) {
            held.setAutoCommit(false);
            sql.execute("SELECT * FROM account WHERE owner = 'alice' FOR UPDATE");
            first = CompletableFuture.supplyAsync(() -> {
                try {
                    return Curl.run(curl, port);
                } catch (IOException failure) {
                    throw new CompletionException(failure);
                }
            });
            Polling.of(Retry.withDefaults())
                    .withDelays(Duration.ofMillis(10), Duration.ofMillis(100))
                    .callUntil(
                            () -> number("SELECT COUNT(*) FROM respite_idempotency WHERE state = 'STARTED'"),
                            started -> started > 0);
            second = Curl.run(curl, port);
            held.rollback();
        }
        assertThat(first.join()).startsWith("HTTP/1.1 201");
        return second;
    }

    /**
     * Line by line, in any order and case: those of headers are the server's affair. A receipt and the time are as they come.
     */
    private static void assertSame(String printed, String expected) {
        String lines = sorted(printed.replaceAll("receipt [0-9a-f-]+", "receipt …"));
        SnippetRunner.assertMatches(lines, sorted(expected.replaceAll("receipt [0-9a-f-]+", "receipt …")));
    }

    private static String sorted(String text) {
        return String.join(
                "\n",
                text.lines()
                        .map(line -> line.strip().toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList());
    }

    private static int number(String query) throws SQLException {
        try (Connection connection = connect();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:h2:mem:" + DATABASE);
    }
}
