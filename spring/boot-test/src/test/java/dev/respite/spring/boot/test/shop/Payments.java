package dev.respite.spring.boot.test.shop;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/** The payments in the database. */
@Service
class Payments {

    private final JdbcTemplate jdbc;

    Payments(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void add(Payment payment) {
        jdbc.update("INSERT INTO payment (recipient, amount) VALUES (?, ?)", payment.to(), payment.amount());
    }
}
