"""Who may come into the dashboard and what each person is there: roles, people, sign-in, secrets."""
