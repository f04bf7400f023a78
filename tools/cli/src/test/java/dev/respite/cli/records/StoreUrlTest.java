package dev.respite.cli.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreUrlTest {

    private static StoreUrl url(String text) {
        return new StoreUrl(text, Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            redis://localhost:6379                            | redis://localhost:6379
            redis://:se%cret^pw@host                          | redis://***@host
            redis://:top/SECRET@host:6390                     | redis://***@host:6390
            redis://me:SECRET@x@host/0                        | redis://***@host/0
            redis-sentinel://:SECRET@a:26379,b:26379/0#main   | redis-sentinel://***@a:26379,b:26379/0
            rediss://:SECRET@[2001:db8::1]:6379               | rediss://***@[2001:db8::1]:6379
            redis://:SEC?RET@host                             | redis:***
            redis://:SECRET                                   | redis:***
            redis://me:SEC%40RET                              | redis:***
            redis://host:SECRET                               | redis:***
            jdbc:postgresql://host:5432/bank?password=SECRET  | jdbc:postgresql://host:5432/bank
            jdbc:postgresql://host/bank?password=SEC@RET      | jdbc:postgresql:***
            jdbc:postgresql://me:SECRET@host/bank             | jdbc:postgresql://***@host/bank
            jdbc:oracle:thin:scott/SECRET@//host:1521/bank    | jdbc:oracle:***@//host:1521/bank
            jdbc:oracle:thin:scott/SECRET@host:1521:bank      | jdbc:oracle:***@host:1521:bank
            jdbc:oracle:thin:scott/SECRET                     | jdbc:oracle:***
            jdbc:mariadb://address=(host=h)(password=SECRET)/ | jdbc:mariadb:***
            jdbc:sqlserver://host:1433;password={SEC;RET}     | jdbc:sqlserver://host:1433
            jdbc:h2:/var/lib/bank;PASSWORD=SECRET             | jdbc:h2:/var/lib/bank
            SECRET                                            | ***
            """)
    void shown_anyUrl_hasHostAndNoSecret(String text, String shown) {
        assertThat(url(text).shown()).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jdbc:h2:x;PASSWORD=SECRET     | bad 'jdbc:h2:x;PASSWORD=SECRET;IFEXISTS=TRUE' | bad 'jdbc:h2:x;IFEXISTS=TRUE'
            jdbc:postgresql://h/b?sslpassword=SECRET | with sslPassword=SECRET&x=1        | with sslPassword=***&x=1
            jdbc:oracle:thin:scott/SECRET@//h | user scott/SECRET, SECRET wrong           | user ***, *** wrong
            redis://:S%45CRET@h           | NOAUTH SECRET or S%45CRET                     | NOAUTH *** or ***
            redis://:a1@h                 | a1 at bar1a1                                  | *** at bar1a1
            redis://h                     | cannot connect to redis://:other@h:1          | cannot connect to redis://***@h:1
            """)
    void hiddenIn_message_replacesUrlAndPassword(String text, String message, String clean) {
        assertThat(url(text).hiddenIn(message)).isEqualTo(clean);
    }

    @ParameterizedTest
    @CsvSource({
        "redis://:SECRET@h, redis://***@h",
        "--ulr=redis://:SECRET@h, --ulr=redis://***@h",
        "redis, redis",
        "--x=1, --x=1",
        "https://me:argument@h, https://me:argument@h"
    })
    void shownIfUrl_anyArgument_changesOnlyStoreUrls(String argument, String shown) {
        assertThat(StoreUrl.shownIfUrl(argument)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$1\\E.*", "SECRET", "with blank"})
    void hiddenIn_separatePassword_isReplaced(String password) {
        StoreUrl url = new StoreUrl("redis://h", Optional.of(password));
        assertThat(url.hiddenIn("refused " + password + "!")).isEqualTo("refused ***!");
    }

    @Test
    void hiddenIn_messageWithoutSecrets_isUnchanged() {
        assertThat(url("redis://me:@h").hiddenIn("Unable to connect to h:6379"))
                .isEqualTo("Unable to connect to h:6379");
    }
}
