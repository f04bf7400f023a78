package dev.respite.stacks.idempotency;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;

/** A row that Hibernate inserts as late as it can. */
@Entity
class Entry {

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "entry_seq")
    @SequenceGenerator(name = "entry_seq", sequenceName = "entry_seq", allocationSize = 1)
    private Long number;

    private String item;

    Entry() {}

    Entry(String item) {
        this.item = item;
    }

    long number() {
        return number;
    }
}
