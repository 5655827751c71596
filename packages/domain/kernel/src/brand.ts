declare const brand: unique symbol;

/** A value of `Base` that only one parser makes; the brand exists for the compiler alone. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
