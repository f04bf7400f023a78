package consumer;

import dev.respite.Retry;
import dev.respite.spring.EnableRespite;
import dev.respite.spring.Respite;
import dev.respite.spring.Retries;
import java.io.IOException;
import java.net.ConnectException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;

/** Prints: ACME 101.25 */
final class Main {

    private Main() {}

    // snippet docs/spring.md
    static class Quotes {
        private int requests;

        @Respite("quotes")
        public String price(String symbol) throws IOException {
            if (++requests < 3) throw new ConnectException("refused");
            return symbol + " 101.25";
        }

        @Respite(value = "quotes", fallback = "cached")
        public String name(String symbol) throws IOException {
            throw new ConnectException("refused");
        }

        private String cached(String symbol, IOException failure) {
            return symbol + " (cached, " + failure.getMessage() + ")";
        }
    }

    @EnableRespite
    static class Application {
        @Bean
        Retries retries() {
            return Retries.of(Retry.withDefaults().withName("quotes"));
        }

        @Bean
        Quotes quotes() {
            return new Quotes();
        }
    }

    // end

    static void main(String[] args) throws Exception {
        try (var context = new AnnotationConfigApplicationContext(Application.class)) {
            System.out.println(context.getBean(Quotes.class).price("ACME"));
        }
    }
}
