"""Room: examples/shop. The words the seed draws from."""

from __future__ import annotations

from examples.shop.models import OrderStatus

# The first thirty users, always there, in this order.
PEOPLE = [
    ("Ada Okafor", "ada@example.com"),
    ("John Smith", "john@example.com"),
    ("María José Núñez", "maria@example.com"),
    ("Johnny Appleseed", "johnny@example.com"),
    ("Łukasz Wójcik", "lukasz@example.com"),
    ("山田 花子", "hanako@example.com"),
    ("Zoë Ångström", "zoe@example.com"),
    ("Jane Doe", "jane@example.com"),
    ("Siobhán O'Brien", "siobhan@example.com"),
    ("Алексей Иванов", "alexei@example.com"),
    ("Jürgen Müller", "juergen@example.com"),
    ("Alice Johnson", "alice@example.com"),
    ("Bob Stone", "bob@example.com"),
    ("王小明", "xiaoming@example.com"),
    ("Fatima al-Zahra", "fatima@example.com"),
    ("Nguyễn Văn An", "an@example.com"),
    ("Chiara D'Angelo", "chiara@example.com"),
    ("Kwame Mensah", "kwame@example.com"),
    ("Elif Şahin", "elif@example.com"),
    ("Ravi Iyer", "ravi@example.com"),
    ("Ingrid Sørensen", "ingrid@example.com"),
    ("Παύλος Γεωργίου", "pavlos@example.com"),
    ("김민준", "minjun@example.com"),
    ("Grace Park", "grace@example.com"),
    ("Tomáš Dvořák", "tomas@example.com"),
    ("Beatriz Gonçalves", "beatriz@example.com"),
    ("Omar Haddad", "omar@example.com"),
    ("Emily 100% Carter", "emily@example.com"),
    ("Under_score Vale", "vale@example.com"),
    ("Noor 😀 Rahman", "noor@example.com"),
]
GIVEN = ["Ana", "Björn", "Chidi", "Dalia", "Émile", "Farah", "Goran", "Hina", "John", "Inês"]
FAMILY = ["Adeyemi", "Bernström", "Costa", "Đorđević", "Eriksen", "Fontaine", "Güneş", "Hahn"]
DEPARTMENTS = ["Engineering", "Sales", "Support", "Finance", "Research", "Entwicklung & Öl", None]
METADATA: list[dict[str, object] | None] = [
    None,
    {},
    {"theme": "dark"},
    {"theme": "light", "beta": True, "visits": 17},
    {"tags": ["vip", "früh"], "limits": {"daily": 2.5}},
]
TEAMS = [
    "Platform",
    "Checkout",
    "Search",
    "Payments",
    "Growth",
    "Logistics",
    "Données",
    "Reliability",
]
# slug, name, slug of the parent
CATEGORIES = [
    ("electronics", "Electronics", None),
    ("computers", "Computers", "electronics"),
    ("laptops", "Laptops", "computers"),
    ("phones", "Phones", "electronics"),
    ("audio", "Audio", "electronics"),
    ("home", "Home", None),
    ("kitchen", "Kitchen", "home"),
    ("furniture", "Möbel", "home"),
    ("books", "Books", None),
    ("fiction", "Fiction", "books"),
    ("science", "Science", "books"),
    ("garden", "Garden", None),
]
PRODUCTS = [
    "Wireless mouse",
    "Mechanical keyboard",
    "Ultrabook 14″",
    "Pocket phone",
    "Noise-free headphones",
    "Reading lamp",
    "Café press",
    "Oak desk",
    "A history of tea",
    "The quiet harbour",
    "Star atlas",
    "Pruning shears",
]
STATUSES = (
    [OrderStatus.DELIVERED] * 5
    + [OrderStatus.SHIPPED] * 2
    + [OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.CANCELLED]
)
STREETS = ["Main St", "Rue de l'Église", "Lindenstraße", "High Road", "Avenida Ñuñoa", "5th Ave"]
# city, state, zip, country
PLACES = [
    ("Springfield", "IL", "62701", "US"),
    ("Portland", "OR", "97201", "US"),
    ("Montréal", "QC", "H2X 1Y4", "CA"),
    ("Köln", "NW", "50667", "DE"),
    ("São Paulo", "SP", "01310-100", "BR"),
    ("Kraków", "MA", "30-001", "PL"),
    ("Leeds", "ENG", "LS1 1UR", "GB"),
]
