"""Return labels: where one is found, and the mail that sends it, in the customer's language."""

from tools.backoffice.fields import Row

WORDS = {
    "en": ("Your return label for {order}", "Print this label and stick it on the parcel: {label}"),
    "de": (
        "Ihr Rücksendeetikett für {order}",
        "Drucken Sie dieses Etikett aus und kleben Sie es auf das Paket: {label}",
    ),
    "fr": ("Votre étiquette de retour pour {order}", "Imprimez cette étiquette et collez-la sur le colis : {label}"),
    "es": ("Su etiqueta de devolución de {order}", "Imprima esta etiqueta y péguela en el paquete: {label}"),
}


def label(return_id: str) -> str:
    """The address of the printable label."""
    return f"https://labels.harbor-goods.example/{return_id}.pdf"


def label_mail(customer: Row, sent_back: Row) -> Row:
    """The message of kind `return_label`, without its id and its moment."""
    told = {"order": sent_back["order_id"], "label": sent_back["label"]}
    subject, body = (text.format(**told) for text in WORDS.get(customer["locale"], WORDS["en"]))
    mail = {"customer_id": customer["id"], "to": customer["email"], "kind": "return_label"}
    return mail | {"subject": subject, "body": body}
