package admin_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// Who operates a server has credentials of their own.
func ExampleNewManagement() {
	management, err := admin.NewManagement(admin.ManagementConfig{Host: host, Key: managementKey, Secret: "wrong"})
	if err != nil {
		log.Fatal(err)
	}
	_, err = management.Apps.List(context.Background(), admin.AppListOptions{})
	fmt.Println(usher.CodeOf(err) == usher.CodeInvalidAuthHeader)
	// Output: true
}

// An app for production: clients cannot make users, and sessions end after 30 days.
func ExampleAppsService_Create() {
	ctx, management := context.Background(), newManagement()

	app, err := management.Apps.Create(ctx, admin.NewApp{
		Name: "Clinic", Region: "eu", SkipSampleData: true,
		Settings: admin.AppSettings{AuthOnlyAccess: admin.AuthOnlyNone, AuthTokenLifetime: new(30 * 24 * time.Hour)},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(app.Name, app.Region, app.State, app.Settings.AuthOnlyAccess, *app.Settings.AuthTokenLifetime)
	for _, key := range app.APIKeys {
		fmt.Println(key, key.Scope)
	}
	// Output:
	// Clinic eu active none 720h0m0s
	// API key Auth Key authOnly
	// API key Rest API Key fullAccess
}

// The apps whose name or id contains what was typed.
func ExampleAppsService_List() {
	ctx, management := context.Background(), newManagement()

	library, err := management.Apps.Create(ctx, admin.NewApp{Name: "Library"})
	if err != nil {
		log.Fatal(err)
	}
	page, err := management.Apps.List(ctx, admin.AppListOptions{SearchKey: library.ID})
	if err != nil {
		log.Fatal(err)
	}
	for _, app := range page.Items {
		fmt.Println(app.Name)
	}
	// Output: Library
}

// All deleted apps that can be restored.
func ExampleAppsService_All() {
	ctx, management := context.Background(), newManagement()

	museum, err := management.Apps.Create(ctx, admin.NewApp{Name: "Museum"})
	if err != nil {
		log.Fatal(err)
	}
	_, err = management.Apps.Delete(ctx, museum.ID)
	if err != nil {
		log.Fatal(err)
	}
	for app, err := range management.Apps.All(ctx, admin.AppListOptions{State: admin.AppArchived, SearchKey: museum.ID}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(app.Name)
	}
	// Output: Museum
}

// One app, with its keys.
func ExampleAppsService_Get() {
	ctx, management := context.Background(), newManagement()

	made, err := management.Apps.Create(ctx, admin.NewApp{Name: "Clinic"})
	if err != nil {
		log.Fatal(err)
	}
	app, err := management.Apps.Get(ctx, made.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(app.Name, app.Settings.LogoutRevokes, len(app.APIKeys))
	// Output: Clinic sdk 2
}

// An app goes into production; what is not named stays.
func ExampleAppsService_Update() {
	ctx, management := context.Background(), newManagement()

	made, err := management.Apps.Create(ctx, admin.NewApp{Name: "Clinic"})
	if err != nil {
		log.Fatal(err)
	}
	app, err := management.Apps.Update(ctx, made.ID, admin.AppChanges{
		Settings: admin.AppSettings{AuthOnlyAccess: admin.AuthOnlyNone, LogoutRevokes: admin.LogoutRevokesAlways},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(app.Name, app.Settings.AuthOnlyAccess, app.Settings.LogoutRevokes)
	// Output: Clinic none always
}

// A deleted app is kept for 30 days.
func ExampleAppsService_Delete() {
	ctx, management := context.Background(), newManagement()

	app, err := management.Apps.Create(ctx, admin.NewApp{Name: "Clinic"})
	if err != nil {
		log.Fatal(err)
	}
	removedAt, err := management.Apps.Delete(ctx, app.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(time.Until(removedAt) > 29*24*time.Hour)

	_, err = management.Apps.Delete(ctx, app.ID)
	fmt.Println(usher.CodeOf(err) == usher.CodeAppArchived)
	// Output:
	// true
	// true
}

// It was the wrong one.
func ExampleAppsService_Restore() {
	ctx, management := context.Background(), newManagement()

	made, err := management.Apps.Create(ctx, admin.NewApp{Name: "Clinic"})
	if err != nil {
		log.Fatal(err)
	}
	_, err = management.Apps.Delete(ctx, made.ID)
	if err != nil {
		log.Fatal(err)
	}
	app, err := management.Apps.Restore(ctx, made.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(app.Name, app.State, len(app.APIKeys))
	// Output: Clinic active 2
}
