//! The table is well-formed and reads as it is written.

use super::*;

#[test]
fn the_table_has_known_letters_and_each_name_once() {
    for operation in Operation::ALL {
        assert!(operation.row().iter().all(|letter| b"ao-".contains(letter)), "{operation}");
        assert_eq!(Operation::parse(operation.name()), Some(*operation));
    }
    assert_eq!(Operation::parse("anything else"), None);
}

#[test]
fn rights_read_as_the_table_says() {
    for (operation, role, scope) in [
        (Operation::RegisterParty, Role::Operator, Scope::All),
        (Operation::RegisterParty, Role::Manufacturer, Scope::None),
        (Operation::SignContract, Role::Manufacturer, Scope::Own),
        (Operation::SignContract, Role::Regulator, Scope::None),
        (Operation::SignContract, Role::Operator, Scope::Own),
        (Operation::ShowContract, Role::Agent, Scope::Own),
        (Operation::ShowContract, Role::Auditor, Scope::All),
    ] {
        assert_eq!(operation.scope(role), scope, "{operation} {role}");
    }
}

#[test]
fn rows_about_patients_are_for_those_who_may_see_them() {
    const ROWS: [Operation; 5] = [
        Operation::EnrolSubjects,
        Operation::ListSubjects,
        Operation::ListFacts,
        Operation::ImportRecords,
        Operation::EraseSubject,
    ];
    for operation in ROWS {
        for role in Role::ALL.into_iter().filter(|role| role.sight() == Sight::Sums) {
            assert_eq!(operation.scope(role), Scope::None, "{operation} {role}");
        }
    }
    for role in [Role::Regulator, Role::Auditor] {
        assert_eq!((role.sight(), Operation::EnrolSubjects.scope(role)), (Sight::Pseudonyms, Scope::None));
    }
}

#[test]
fn words_of_contracts_give_roles() {
    for role in Role::ALL {
        assert_eq!(Role::of_kind(role.word()), Some(role));
    }
    assert_eq!(Role::of_kind("hospital"), Some(Role::Provider));
    for kind in ["beneficiary", "museum", "Operator", "operator ", ""] {
        assert_eq!(Role::of_kind(kind), None, "{kind}");
    }
}
