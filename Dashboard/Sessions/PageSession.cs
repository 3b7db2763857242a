using System.Net;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Sessions;
using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Dashboard.Sessions;

/// <summary>Who uses the page. The browser holds a cookie that no script can read; the page holds no key.</summary>
public sealed class PageSession(AdminClient admin)
{
    /// <summary>Raised after signing in or out.</summary>
    public event Action? Changed;

    /// <summary>Whether a person is signed in.</summary>
    public bool IsSignedIn => Role != SessionRoles.None;

    /// <summary>What the person may do: one of <see cref="SessionRoles"/>.</summary>
    public string Role { get; private set; } = SessionRoles.None;

    /// <summary>Whether the person may change anything.</summary>
    public bool MayChange => Role == SessionRoles.Admin;

    /// <summary>The person's name.</summary>
    public string? Name { get; private set; }

    /// <summary>The identity provider; null when a person can sign in with the admin key alone.</summary>
    public SignInPlace? Place { get; private set; }

    /// <summary>Whether an earlier session has ended by itself.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Continues the session whose cookie the browser still has.</summary>
    public async Task ResumeAsync()
    {
        try
        {
            Take(await admin.Session.GetAsync());
        }
        catch (Exception exception) when (exception is AdminException or HttpRequestException)
        {
            // The sign-in shows what is wrong.
        }
    }

    /// <summary>Signs in with the admin key.</summary>
    /// <returns>What is wrong; null when signed in.</returns>
    public async Task<AdminException?> SignInAsync(string key)
    {
        try
        {
            Take(await admin.Session.SignInAsync(new KeySignIn(key)));
        }
        catch (AdminException exception)
        {
            return exception;
        }

        HasExpired = false;
        Changed?.Invoke();
        return null;
    }

    /// <summary>Signs out.</summary>
    public async Task SignOutAsync()
    {
        try
        {
            await admin.Session.SignOutAsync();
        }
        catch (Exception exception) when (exception is AdminException or HttpRequestException)
        {
            // Without an answer the cookie expires at its time.
        }

        End(hasExpired: false);
    }

    /// <summary>Handles an error of the gateway: when the session has ended, the sign-in page is shown.</summary>
    public void Note(AdminException exception)
    {
        if (exception.Status == HttpStatusCode.Unauthorized && IsSignedIn)
        {
            End(hasExpired: true);
        }
    }

    private void Take(Session session) => (Role, Name, Place) = (session.Role, session.Name, session.SignIn);

    private void End(bool hasExpired)
    {
        (Role, Name, HasExpired) = (SessionRoles.None, null, hasExpired);
        Changed?.Invoke();
    }
}
