package dev.respite.stacks.idempotency.boot;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.annotation.Transactional;

/**
 * The table in which each handler records its effect: with Hibernate, where the application has it, and with JDBC otherwise. Public for proxies of
 * another class loader.
 */
public class Entries {

    private final JdbcTemplate jdbc;
    private final EntityManager entities;

    /** A row that Hibernate inserts as late as it can. */
    @Entity(name = "entry")
    static class Entry {

        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "entry_seq")
        @SequenceGenerator(name = "entry_seq", sequenceName = "entry_seq", allocationSize = 1)
        private Long number;

        private String item;

        Entry() {}

        Entry(String item) {
            this.item = item;
        }
    }

    public Entries(JdbcTemplate jdbc, ObjectProvider<EntityManagerFactory> hibernate) {
        this.jdbc = jdbc;
        EntityManagerFactory factory = hibernate.getIfAvailable();
        this.entities = factory == null ? null : SharedEntityManagerCreator.createSharedEntityManager(factory);
    }

    /** Writes down that something was done, and returns its number. */
    @Transactional
    public long add(String item) {
        if (entities != null) {
            Entry entry = new Entry(item);
            entities.persist(entry);
            return entry.number;
        }
        Long number = jdbc.queryForObject("SELECT NEXT VALUE FOR entry_seq", Long.class);
        jdbc.update("INSERT INTO entry (number, item) VALUES (?, ?)", number, item);
        return number;
    }
}
