conversation! {
    /// Waits for more than replies.
    pub(crate) Order<T: Clone>(dish: String, guests: u32)   with ( kitchen:Kitchen , mailer : Mailer ) hears  Event<T>->Result<u32,Error> where T: Send {
        on silence 5min=>"Still there?"; on after 30d => { say "Too late."; return Ok(0) }
        on silence  Duration::from_secs( patience )=>["Still there?",{ return Ok(1) }]; on after  time.limit( )=>back;
        on News::Paid{cents}if cents>=price => "Paid {cents}."; on Ok(x)=>goto dish; on (a,_)=>retry; on (a,b)if a>b=>{ wait }
        on Event::Ready { table } | Event::Late(table) => { say "Table {table}."; wait }
        let address:Address=run Address{country:country.clone(),known:None};
        let paid: Receipt = once kitchen.pay( &address,guests ).await ?;
        once mailer.send( paid.id ).await?;
        run Farewell ;
        once {count+=1;}; let mut key : Key = once{ let key=talk.idempotency_key( ) ;key.to_owned( ) };
        let sum:u32=once   a+b ;
        match how { 1=>once mailer.send( 1 ).await?, 2=>revise dish , _=>{ once { } } }
        let event: Event<T> = hear within 10min else { back } on "never" => return Ok(1) else "Hm.";
        let other: Event<T> = hear;
        let mut third: Event<T> = hear else "Wait." ; let Some(x)=hear else{return};
        let fourth:Event<T>=hear else { say "No, {x}."; wait } on Event::Paid{cents}if cents>=price&&x=>{ say "Already paid."; answer Event::None } ;
        if bad { revise dish ; back } else if worse { back; }
        let secret: Secret<String> = ask "Password?" tries 3 else back;
        let Back { back, retry } = all; f(back);
        Ok(guests)
    }
}

conversation! {
    pub Pick<T:Remember+Display,const MOST:usize=3,F>( items:Vec<T> ,marker:PhantomData<fn()->F>)hears News where T:PartialEq,F:Fn(u8)->bool {
        let name:String=ask "Name?" on "older"=>revise  name on "back"=>back ;
        on after 1h=>revise name;
    }
}
