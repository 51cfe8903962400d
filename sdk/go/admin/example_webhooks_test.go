package admin_test

import (
	"context"
	"fmt"
	"log"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// hook makes a webhook for the examples.
func hook(ctx context.Context, client *admin.Client) *admin.Webhook {
	webhook, err := client.Webhooks.Create(ctx, admin.NewWebhook{
		ID: "audit", Name: "Audit", URL: "https://billing.example.com/usher", Triggers: []admin.Trigger{admin.TriggerUserCreated},
	})
	if err != nil {
		log.Fatal(err)
	}
	return webhook
}

// Billing wants to hear of every user.
func ExampleWebhooksService_Create() {
	ctx, client := context.Background(), newClient()

	webhook, err := client.Webhooks.Create(ctx, admin.NewWebhook{
		ID: "billing", Name: "Billing", URL: "https://billing.example.com/usher",
		Triggers: []admin.Trigger{admin.TriggerUserCreated, admin.TriggerUserDeleted},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(webhook, webhook.Triggers, len(webhook.Secret)) // keep the secret: it is not shown again
	// Output: webhook billing [user_created user_deleted] 70
}

// The first webhooks of the app.
func ExampleWebhooksService_List() {
	ctx, client := context.Background(), newClient()
	hook(ctx, client)

	page, err := client.Webhooks.List(ctx, admin.ListOptions{PerPage: 10})
	if err != nil {
		log.Fatal(err)
	}
	for _, webhook := range page.Items {
		fmt.Println(webhook.Name, webhook.URL)
	}
	// Output: Audit https://billing.example.com/usher
}

// All webhooks of the app.
func ExampleWebhooksService_All() {
	ctx, client := context.Background(), newClient()
	hook(ctx, client)

	for webhook, err := range client.Webhooks.All(ctx, admin.ListOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(webhook.Name, webhook.Enabled)
	}
	// Output: Audit true
}

// Is it on?
func ExampleWebhooksService_Get() {
	ctx, client := context.Background(), newClient()
	hook(ctx, client)

	webhook, err := client.Webhooks.Get(ctx, "audit")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(webhook.Enabled, webhook.Secret == "")
	// Output: true true
}

// The secret may have leaked.
func ExampleWebhooksService_Update() {
	ctx, client := context.Background(), newClient()
	before := hook(ctx, client)

	webhook, err := client.Webhooks.Update(ctx, "audit", admin.WebhookChanges{RenewSecret: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(webhook.Secret != "", webhook.Secret != before.Secret)
	// Output: true true
}

// Nobody listens any more.
func ExampleWebhooksService_Delete() {
	ctx, client := context.Background(), newClient()
	hook(ctx, client)

	err := client.Webhooks.Delete(ctx, "audit")
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Webhooks.Get(ctx, "audit")
	fmt.Println(usher.CodeOf(err) == usher.CodeUnknownWebhook)
	// Output: true
}

// Does anything arrive at all?
func ExampleWebhooksService_Test() {
	ctx, client := context.Background(), newClient()
	hook(ctx, client)

	delivery, err := client.Webhooks.Test(ctx, "audit")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(delivery.Trigger, delivery.State)
	// Output: webhook_test waiting
}

// What did not arrive?
func ExampleWebhooksService_Deliveries() {
	ctx, client := context.Background(), newClient()
	hook(ctx, client)

	page, err := client.Webhooks.Deliveries(ctx, "audit", admin.DeliveryListOptions{State: admin.DeliveryGivenUp})
	if err != nil {
		log.Fatal(err)
	}
	for _, delivery := range page.Items {
		fmt.Println(delivery.EventID, delivery.Failure)
	}
	fmt.Println(page.Total)
	// Output: 0
}

// The receiver was down for longer than a day: what was given up is sent again.
func ExampleWebhooksService_Replay() {
	ctx, client := context.Background(), newClient()
	hook(ctx, client)

	lost, err := client.Webhooks.Test(ctx, "audit")
	if err != nil {
		log.Fatal(err)
	}
	delivery, err := client.Webhooks.Replay(ctx, "audit", lost.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(delivery.EventID == lost.EventID, delivery.ID == lost.ID)
	// Output: true false
}
